"""The log, and the events in the life of a model."""

from __future__ import annotations

import logging
from typing import Any

#: The version of gensim whose interface this package implements.
GENSIM_VERSION = "4.4.0"

logger = logging.getLogger("rapidvec.utils")

_system: dict[str, str] = {}


def _about_system() -> dict[str, str]:
    """Versions that every event carries, found once."""
    if not _system:
        import platform
        import sys

        from rapidvec._native import __version__

        _system.update(gensim=GENSIM_VERSION, rapidvec=__version__, python=sys.version, platform=platform.platform())
    return _system


class Lifecycle:
    """Objects that record their events."""

    lifecycle_events: list[dict[str, Any]] | None

    def add_lifecycle_event(self, event_name: str, log_level: int | bool = logging.INFO, **event: Any) -> None:
        """Appends an event to `lifecycle_events`, and logs it.

        Parameters
        ----------
        event_name : str
            A label, for example "created".
        log_level : int or False
            The level at which the event is logged; False: not at all.
        **event
            Other values to record. The time and the versions are added.
        """
        from datetime import datetime

        entry = {**event, "datetime": datetime.now().isoformat(), **_about_system(), "event": event_name}
        if log_level:
            logger.log(int(log_level), "%s lifecycle event %s", type(self).__name__, entry)
        events = self.__dict__.setdefault("lifecycle_events", [])
        if events is not None:
            events.append(entry)
