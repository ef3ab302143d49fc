#!/usr/bin/env python3
"""A strategy outside aftm: reads ticks from port 5555, pushes signals to port 5556.

It buys and sells in turn, once every so many ticks of its item. That makes no money; it shows the
formats. Needs: pip install pyzmq msgpack

Exit codes: 0 done, 1 no ticks came or a signal could not be sent, 2 usage,
130 interrupted.
"""

import argparse
import sys
from dataclasses import dataclass
from datetime import datetime, timezone
from enum import Enum

import msgpack
import zmq

FRAME_BYTES_MAX = 65536


class OrderOperation(Enum):
    BUY = "buy"
    SELL = "sell"


@dataclass(frozen=True)
class Tick:
    commodity_id: str
    match_price: float


@dataclass(frozen=True)
class TickEvent:
    when: datetime
    tick: Tick


@dataclass(frozen=True)
class TradingSignal:
    when: datetime
    operation: OrderOperation
    commodity_id: str


CLASSES = {it.__name__: it for it in (Tick, TickEvent, TradingSignal)}


def to_map(value):
    """What msgpack cannot write itself: times, enums, and instances with their class as last key."""
    if isinstance(value, datetime):
        return {"__datetime__": True, "timestamp": value.timestamp()}
    if isinstance(value, Enum):
        return {"__enum__": True, "class": type(value).__name__, "name": value.name}
    if type(value).__name__ in CLASSES:
        return {**vars(value), "__class__": type(value).__name__}
    raise TypeError(f"{value!r} has no place in a message")


def from_map(fields):
    """The way back. A further key, or an unknown class, raises."""
    if fields.get("__datetime__") is True:
        return datetime.fromtimestamp(fields["timestamp"], tz=timezone.utc)
    if fields.get("__enum__") is True and fields["class"] == "OrderOperation":
        return OrderOperation[fields["name"]]
    if "__class__" in fields:
        return CLASSES[fields.pop("__class__")](**fields)
    raise ValueError(f"a map without a class: {fields!r}")


def encode(value):
    return msgpack.packb(value, default=to_map)


def decode(payload):
    return msgpack.unpackb(payload, object_hook=from_map)


def sockets(context, options):
    ticks = context.socket(zmq.SUB)
    ticks.setsockopt(zmq.SUBSCRIBE, b"")
    ticks.setsockopt(zmq.MAXMSGSIZE, FRAME_BYTES_MAX)
    ticks.setsockopt(zmq.RCVTIMEO, int(options.timeout * 1000))
    ticks.connect(f"tcp://{options.host}:{options.tick_port}")

    signals = context.socket(zmq.PUSH)
    # Nothing is kept for an executor that is not there: it would trade on it when it comes back.
    signals.setsockopt(zmq.IMMEDIATE, 1)
    signals.setsockopt(zmq.SNDTIMEO, 1000)
    # The last signal may still be on its way when the run ends.
    signals.setsockopt(zmq.LINGER, 1000)
    signals.connect(f"tcp://{options.host}:{options.signal_port}")
    return ticks, signals


def trade(ticks, signals, options):
    """Signals in turn until the run is over; returns the exit code."""
    seen = sent = 0
    while seen < options.ticks and sent < options.orders:
        topic, payload = ticks.recv_multipart()
        event = decode(payload)
        if topic != b"TICK" or event.tick.commodity_id != options.item:
            continue
        seen += 1
        if seen % options.every:
            continue
        operation = OrderOperation.SELL if sent % 2 else OrderOperation.BUY
        signals.send(encode(TradingSignal(event.when, operation, options.item)))
        sent += 1
        print(f"{event.when.isoformat()} {operation.name} {options.item} at {event.tick.match_price:g}")
    print(f"{seen} ticks, {sent} signals")
    return 0


def positive(text):
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is not above 0")
    return number


def main():
    parser = argparse.ArgumentParser(description="Buy and sell in turn, every so many ticks.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--tick-port", type=positive, default=5555)
    parser.add_argument("--signal-port", type=positive, default=5556)
    parser.add_argument("--item", default="TXFH1", type=str.upper)
    parser.add_argument("--every", type=positive, default=100, help="ticks between signals")
    parser.add_argument("--ticks", type=positive, default=1000, help="stop after so many ticks")
    parser.add_argument("--orders", type=positive, default=4, help="stop after so many signals")
    parser.add_argument("--timeout", type=float, default=30.0, help="seconds to wait for a tick")
    options = parser.parse_args()

    context = zmq.Context()
    try:
        return trade(*sockets(context, options), options)
    except zmq.Again:
        print("no tick came, or nobody takes signals: is aftm running with gateway.plain = true?",
              file=sys.stderr)
        return 1
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        print(f"not a message of v1: {error!r}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    finally:
        context.destroy()


if __name__ == "__main__":
    sys.exit(main())
