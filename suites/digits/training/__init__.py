"""How the digits models were trained; `make.py` is the entry point."""
