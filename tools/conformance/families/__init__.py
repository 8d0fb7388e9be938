"""Generators of random small models, one function per family of operators: `Draw` in, `Case` out."""

from families import activations, control, conversions, elementwise, filling, images, linear, networks, recurrent, reductions, shapes, windows

MODULES = (windows, linear, elementwise, activations, reductions, conversions, shapes, filling, images, recurrent, control, networks)

#: Every family by name, in a fixed order.
FAMILIES = {function.__name__.rstrip("_"): function for module in MODULES for function in module.FAMILIES}
