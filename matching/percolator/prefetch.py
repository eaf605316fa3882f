"""A hint to the processor to fetch a word of an array, as an instruction of the kernel.

https://llvm.org/docs/LangRef.html#llvm-prefetch-intrinsic
"""

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic


@intrinsic  # type: ignore[misc]  # numba has no types
def prefetch(typing: Any, array: Any, at: Any) -> Any:
    """`prefetch(array, at)`: array[at] will be read soon; `at` may be out of bounds."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        data = context.make_array(signature.args[0])(context, builder, args[0]).data
        index = context.cast(builder, args[1], signature.args[1], types.intp)
        pointer = builder.bitcast(builder.gep(data, [index]), ir.IntType(8).as_pointer())
        word = ir.IntType(32)
        hint = cgutils.get_or_insert_function(
            builder.module,
            ir.FunctionType(ir.VoidType(), [pointer.type, word, word, word]),
            "llvm.prefetch.p0i8"
            if not getattr(pointer.type, "is_opaque", False)
            else "llvm.prefetch.p0",
        )
        builder.call(hint, [pointer, word(0), word(3), word(1)])
        return context.get_dummy_value()

    return types.void(array, at), generate
