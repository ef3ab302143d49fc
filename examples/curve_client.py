"""Asks a machine for its health, and with --order for one lot, over a port that takes keys.

    aftm key new mine --good-for orders,ticks
    aftm run SCRIPT --set gateway.curve=true
    python3 curve_client.py ~/.config/aftm/keys/mine.key_secret [--order]

Takes pyzmq (pip install pyzmq).
"""

import argparse
import json
import re
import sys
import uuid

import zmq

TIMEOUT_MS = 5000


def certificate(path):
    """The server's key, our public key and our secret key of a file that aftm key wrote."""
    with open(path, encoding="ascii") as file:
        found = dict(re.findall(r'^\s*([a-z-]+) = "(.*)"$', file.read(), re.MULTILINE))
    return [found[name].encode() for name in ("server-key", "public-key", "secret-key")]


def ask(socket, operation, parameters):
    socket.send_json({"operation": operation, "parameters": parameters})
    return socket.recv_json()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("key", help="the file of the key")
    parser.add_argument("--port", type=int, default=5557)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--order", action="store_true", help="buy one lot at the market")
    words = parser.parse_args()

    socket = zmq.Context.instance().socket(zmq.REQ)
    socket.curve_serverkey, socket.curve_publickey, socket.curve_secretkey = certificate(words.key)
    socket.rcvtimeo = TIMEOUT_MS
    socket.linger = 0
    socket.connect(f"tcp://{words.host}:{words.port}")
    try:
        print(json.dumps(ask(socket, "health_check", {})))
        if words.order:
            order = {
                "request_id": uuid.uuid4().hex, "order_account": "SIM-1", "item_code": "TXFH1",
                "side": "buy", "order_type": "Market", "price": 0.0, "quantity": 1,
                "open_close": "AUTO", "note": "", "day_trade": "N", "time_in_force": "IOC",
            }
            print(json.dumps(ask(socket, "send_order", order)))
    except zmq.Again:
        sys.exit("no answer: is the key good on this port, and does the machine run?")


if __name__ == "__main__":
    main()
