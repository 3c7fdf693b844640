"""`python -m xinheng.cli` is `xinheng`."""

from .commands import main

if __name__ == "__main__":
    main()
