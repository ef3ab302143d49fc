#!/usr/bin/env python3
"""A client outside aftm: asks for health, sends orders and reads positions on port 5557.

Every order has a request id of its own, and a retry repeats it: however often a slow reply makes the
client ask again, the order is executed once. Needs: pip install pyzmq

Exit codes: 0 every order was taken, 1 something was refused or not answered, 2 usage,
130 interrupted.
"""

import argparse
import json
import random
import sys
import time
import uuid

import zmq

RETRIES = 3
BACKOFF_FIRST = 0.1
BACKOFF_MAX = 2.0


class NoAnswer(Exception):
    """The gateway did not answer; whether it acted is unknown."""


class Gateway:
    """Asks one question at a time; a question without an answer gets a fresh socket."""

    def __init__(self, context, address, timeout_ms):
        self.context, self.address, self.timeout_ms = context, address, timeout_ms
        self.socket = None

    def ask(self, operation, parameters=None):
        """The reply. Safe to repeat: a query changes nothing, an order has its request id."""
        request = {"operation": operation}
        if parameters is not None:
            request["parameters"] = parameters
        frame = json.dumps(request, allow_nan=False).encode()
        for attempt in range(1 + RETRIES):
            if attempt:
                pause = min(BACKOFF_FIRST * 2 ** (attempt - 1), BACKOFF_MAX)
                time.sleep(pause * random.uniform(0.5, 1.0))
            reply = self._once(frame)
            if reply is not None:
                return json.loads(reply)
        raise NoAnswer(f"{self.address} did not answer {operation} in {1 + RETRIES} tries")

    def _once(self, frame):
        if self.socket is None:
            self.socket = self.context.socket(zmq.REQ)
            # What was not sent when the caller is told of the failure must never be sent later.
            self.socket.setsockopt(zmq.LINGER, 0)
            self.socket.connect(self.address)
        self.socket.send(frame)
        if self.socket.poll(self.timeout_ms, zmq.POLLIN):
            return self.socket.recv()
        self.close()
        return None

    def close(self):
        if self.socket is not None:
            self.socket.close(linger=0)
            self.socket = None


def order(options):
    return {
        "order_account": options.account,
        "item_code": options.item,
        "side": options.side,
        "order_type": "Market" if options.price is None else "Limit",
        # Decimal text is exact; a market order's price is not read.
        "price": "0" if options.price is None else options.price,
        "quantity": options.quantity,
        "open_close": "AUTO",
        "note": "v1_client.py",
        "day_trade": "N",
        "time_in_force": "IOC" if options.price is None else "ROD",
        "request_id": str(uuid.uuid4()),
    }


def send(gateway, options):
    """Sends one order and says what became of it; true where the exchange took it."""
    parameters = order(options)
    reply = gateway.ask("send_order", parameters)
    if reply.get("error_code") == "IN_DOUBT":
        # The same id asks for the outcome of the same order; it never sends another.
        reply = gateway.ask("send_order", parameters)
    data = reply.get("data", {})
    if reply.get("success") and data.get("is_send_order"):
        print(f"taken: {data['order_serial']}")
        return True
    refusal = data if reply.get("success") else reply
    print(f"not taken: {refusal.get('error_code')}: {refusal.get('error_message')}")
    return False


def run(gateway, options):
    reply = gateway.ask("health_check")
    health = reply.get("data", {})
    print(f"health: {health.get('status', reply.get('error_message'))}")
    if health.get("status") != "healthy":
        return 1
    taken = sum(send(gateway, options) for _ in range(options.orders))
    reply = gateway.ask("get_positions", {"account": options.account})
    if not reply.get("success"):
        print(f"positions: {reply.get('error_code')}: {reply.get('error_message')}")
        return 1
    for row in reply["data"]["positions"]:
        print(f"position: {row['item_code']} {row['quantity']} at {row['average_price']}, "
              f"open profit {row['unrealized_pnl']}")
    return 0 if taken == options.orders else 1


def main():
    parser = argparse.ArgumentParser(description="Check health, send orders, show positions.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=5557)
    parser.add_argument("--account", default="SIM-1")
    parser.add_argument("--item", default="TXFH1")
    parser.add_argument("--side", choices=["buy", "sell"], default="buy")
    parser.add_argument("--quantity", type=int, default=1)
    parser.add_argument("--price", help="a limit order at this price; without it a market order")
    parser.add_argument("--orders", type=int, default=1, help="how many orders to send")
    parser.add_argument("--timeout-ms", type=int, default=5000)
    options = parser.parse_args()

    context = zmq.Context()
    gateway = Gateway(context, f"tcp://{options.host}:{options.port}", options.timeout_ms)
    try:
        return run(gateway, options)
    except NoAnswer as error:
        print(f"{error}: is aftm running with gateway.plain = true?", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    finally:
        gateway.close()
        context.destroy(linger=0)


if __name__ == "__main__":
    sys.exit(main())
