"""`python -m engine`."""

import sys

from engine.commands.app import main

sys.exit(main())
