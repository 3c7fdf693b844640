"""The person at the console: who acts, as the machine knows it."""

import os
import pwd

__all__ = ["person"]


def person() -> str:
    """Return the name of the account that runs this process, whatever the environment says.

    An account that the machine has no name for is told by its number.
    """
    number = os.getuid()
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return f"uid {number}"
