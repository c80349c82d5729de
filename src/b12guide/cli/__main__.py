"""`python -m b12guide.cli`."""

from __future__ import annotations

import sys

from b12guide.cli.command import main

sys.exit(main())
