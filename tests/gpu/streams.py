"""Streams and events of the stand-in: what the host waits for."""

from __future__ import annotations

from itertools import count

from gpu import copies
from gpu.signatures import like
from gpu.stats import stats

_numbers = count(1)


class Stream:
    """A queue of the device; one after the other on the pretended one."""

    null: Stream

    @like("cuda.Stream")
    def __init__(self, null=False, non_blocking=False, ptds=False, priority=None):
        self.number = 0 if null else next(_numbers)
        self.ptr = self.number
        self._before: list[Stream] = []

    @like("cuda.Stream.synchronize")
    def synchronize(self):
        """Wait for all that was enqueued."""
        stats.wait("Stream.synchronize")
        copies.finish(copies.under_way(self.number))

    @like("cuda.Stream.use")
    def use(self):
        """Make it the current stream."""
        _Current.stream = self
        return self

    @like("cuda.Stream.record")
    def record(self, event=None):
        """Record an event behind what was enqueued."""
        event = event or Event()
        event.record(self)
        return event

    @like("cuda.Stream.wait_event")
    def wait_event(self, event):
        """Let the stream wait for an event; the host does not."""

    def __enter__(self):
        self._before.append(_Current.stream)
        return self.use()

    def __exit__(self, *_):
        self._before.pop().use()


Stream.null = Stream(null=True)


class _Current:
    stream = Stream.null


class Event:
    """A point in a stream."""

    @like("cuda.Event")
    def __init__(self, block=False, disable_timing=False, interprocess=False):
        self._copies: list[copies.Copy] = []

    @like("cuda.Event.record")
    def record(self, stream=None):
        """Stand behind what was enqueued."""
        self._copies = copies.under_way((stream or _Current.stream).number)

    @like("cuda.Event.synchronize")
    def synchronize(self):
        """Wait until the device is here."""
        stats.wait("Event.synchronize")
        copies.finish(self._copies)


def current_stream() -> Stream:
    """Return the current stream."""
    return _Current.stream


@like("cuda.get_current_stream")
def get_current_stream(device_id=-1):
    """Return the current stream."""
    return current_stream()
