"""What a watch over processes reports."""

import psutil

from chaos.memory import MEBIBYTE, Memory

GAINED_MIB = 64


def test_the_peak_and_what_was_gained_outlast_the_memory_itself() -> None:
    memory = Memory(lambda: [psutil.Process()])
    memory.sample()
    before = psutil.Process().memory_info().rss / MEBIBYTE
    held = bytearray(b"x" * int(GAINED_MIB * MEBIBYTE))
    memory.sample()
    del held
    memory.sample()
    assert memory.growth_mib >= GAINED_MIB * 0.9
    assert memory.peak_mib >= before + GAINED_MIB * 0.9


def test_a_process_that_came_later_has_gained_nothing_and_one_that_is_gone_is_passed_over() -> None:
    listed: list[psutil.Process] = [psutil.Process()]
    memory = Memory(lambda: listed)
    memory.sample()
    listed[:] = [psutil.Process(1)]
    memory.sample()
    assert memory.growth_mib == 0.0
    listed[:] = []
    memory.sample()
    assert memory.peak_mib > 0.0


def test_a_system_that_is_down_has_no_processes() -> None:
    def gone() -> list[psutil.Process]:
        raise psutil.NoSuchProcess(4_000_000)

    memory = Memory(gone)
    memory.sample()
    assert (memory.peak_mib, memory.growth_mib) == (0.0, 0.0)
