"""One pointer in place of hundreds of arguments: what model and state are to compiled code.

numba by itself unpacks a named tuple of arrays into its scalars, seven and more for each array, wherever it is passed on. Here it is a block:
a table of addresses and lengths, written once, to which every function gets one pointer. `block.field` is then the array at that place.
"""

import ctypes
import hashlib
from typing import Any

import numba
import numpy as np
from llvmlite import ir
from numba._helperlib import c_helpers  # type: ignore[attr-defined]
from numba.core import cgutils, types
from numba.core.datamodel import models
from numba.core.extending import NativeValue, infer_getattr, intrinsic, lower_getattr_generic, register_model, unbox
from numba.core.typing.templates import AttributeTemplate
from numba.np.arrayobj import make_array, populate_array

BYTES = 8
WORD = ir.IntType(8 * BYTES)
POINTER = types.CPointer(types.int64)  # type: ignore[attr-defined]
ADDRESS, LENGTHS = 4, 5  # places within what numba itself writes of an array: its address, its lengths and then its strides
write = ctypes.PYFUNCTYPE(ctypes.c_int, ctypes.py_object, ctypes.c_void_p)(
    c_helpers["adapt_ndarray"]
)  # numpy takes five times as long


class BlockType(types.Type):
    """The type of a block: its arrays by name, each with its place in the table. Blocks with the same arrays have the same type."""

    def __init__(self, name: str, arrays: dict[str, Any]) -> None:
        self.arrays, self.places, self.words = arrays, {}, 0
        for field, array in arrays.items():
            self.places[field] = self.words
            self.words += LENGTHS + 2 * array.ndim
        super().__init__(name + hashlib.sha256(repr(arrays).encode()).hexdigest()[:16])


class Block:
    """A named tuple of arrays as compiled code takes it: `table` holds the address and the lengths of each array, one after the other."""

    known: dict[type, tuple[BlockType, list[Any]]] = {}  # noqa: RUF012 - shared on purpose

    def __init__(self, arrays: Any) -> None:
        self.arrays = arrays  # kept alive
        forms = [(array.dtype, array.ndim) for array in arrays]  # numba's own way from arrays to types takes long
        self._numba_type_: Any  # where numba looks for it
        self._numba_type_, known = self.known.get(type(arrays), (None, None))
        if known != forms:
            fields = {name: types.Array(numba.from_dtype(a.dtype), a.ndim, "C") for name, a in arrays._asdict().items()}
            self._numba_type_ = BlockType(type(arrays).__name__, fields)
            self.known[type(arrays)] = self._numba_type_, forms
        self.table = np.empty(self._numba_type_.words, np.int64)
        self.address = self.table.ctypes.data
        for array, place in zip(arrays, self._numba_type_.places.values(), strict=True):
            assert array.flags.c_contiguous
            write(array, self.address + BYTES * place)


class _Pointer(models.PrimitiveModel):  # type: ignore[misc]
    def __init__(self, manager: Any, kind: BlockType) -> None:
        super().__init__(manager, kind, WORD.as_pointer())


class _Fields(AttributeTemplate):  # type: ignore[misc]
    key = BlockType

    def generic_resolve(self, kind: BlockType, field: str) -> Any:
        return kind.arrays.get(field)


def _array(context: Any, builder: Any, kind: BlockType, block: Any, field: str) -> Any:
    """Make the array of a field out of its address and lengths. The table never changes: what was read of it need not be read again."""

    def read(place: int, what: Any) -> Any:
        word = builder.load(builder.bitcast(cgutils.gep_inbounds(builder, block, place), what.as_pointer()))
        word.set_metadata("invariant.load", builder.module.add_metadata([]))
        return word

    of, place = kind.arrays[field], kind.places[field]
    item = context.get_data_type(of.dtype)
    size = context.get_constant(types.intp, context.get_abi_sizeof(item))
    lengths = [read(place + LENGTHS + axis, WORD) for axis in range(of.ndim)]
    strides = [size]
    for length in lengths[:0:-1]:
        strides.insert(0, builder.mul(strides[0], length, flags=("nsw",)))
    array = make_array(of)(context, builder)
    populate_array(array, read(place + ADDRESS, item.as_pointer()), lengths, strides, size, None)
    return array._getvalue()


def _from_python(kind: BlockType, block: Any, c: Any) -> Any:
    address = c.pyapi.object_getattr_string(block, "address")
    word = c.pyapi.long_as_longlong(address)
    c.pyapi.decref(address)
    return NativeValue(c.builder.inttoptr(word, WORD.as_pointer()))


register_model(BlockType)(_Pointer)
infer_getattr(_Fields)
lower_getattr_generic(BlockType)(_array)
unbox(BlockType)(_from_python)


def _call(_: Any, function: Any, model: Any, state: Any, t: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        convention, kinds = context.call_conv, (POINTER, POINTER, types.int64)
        address, *blocks, month = given
        kind = convention.get_function_type(types.none, kinds)
        arguments = [*(builder.inttoptr(block, WORD.as_pointer()) for block in blocks), month]
        status, _ = convention.call_function(builder, builder.inttoptr(address, kind.as_pointer()), types.none, kinds, arguments)
        with cgutils.if_unlikely(builder, status.is_error):
            convention.return_status_propagate(builder, status)
        return context.get_dummy_value()

    return types.none(*(types.int64,) * 4), generate


call: Any = intrinsic(_call)


def call_each(addresses: Any, model: int, state: int, schedule: Any) -> None:
    """Call compiled functions by their addresses, in the order of a schedule: int64[n, 2], month and number of the function.

    `model`, `state`: addresses of blocks.
    """
    for i in range(len(schedule)):
        call(addresses[schedule[i, 1]], model, state, schedule[i, 0])
