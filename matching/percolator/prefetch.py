"""A hint to the processor to fetch a word of an array, as an instruction of the kernel.

https://llvm.org/docs/LangRef.html#llvm-prefetch-intrinsic
"""

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic


@intrinsic
def prefetch(typing: Any, array: Any, at: Any) -> Any:
    """`prefetch(array, at)`: array[at] will be read soon; `at` may be out of bounds."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        data = context.make_array(signature.args[0])(context, builder, args[0]).data
        index = context.cast(builder, args[1], signature.args[1], types.intp)
        pointer = builder.bitcast(builder.gep(data, [index]), ir.IntType(8).as_pointer())
        word = ir.IntType(32)
        takes = ir.FunctionType(ir.VoidType(), [pointer.type, word, word, word])
        name = f"llvm.prefetch.p0{'' if pointer.type.is_opaque else 'i8'}"
        hint: Any = builder.module.globals.get(name) or ir.Function(builder.module, takes, name)
        read, keep, data_cache = word(0), word(3), word(1)
        builder.call(hint, [pointer, read, keep, data_cache])
        return context.get_dummy_value()

    return types.void(array, at), generate
