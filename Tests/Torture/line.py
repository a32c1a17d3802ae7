#!/usr/bin/env python3
"""A bad line: two network namespaces, each with a TUN device, and between them this process, which loses, delays and throttles packets.

Prints one line of JSON when it is there: its number and the descriptors of the near and the far namespace. Ends when its standard input does."""
import argparse, ctypes, fcntl, heapq, json, os, random, select, stat, struct, subprocess, sys, time

NEAR, FAR = "10.77.0.1", "10.77.0.2"
# A line that is slower than its sender keeps so much and loses the rest.
MOST_WAITING_SECONDS = 3.0


def namespace(address):
    """Moves into a new network namespace with a TUN device. Returns the descriptors of the namespace and of the device."""
    if ctypes.CDLL(None, use_errno=True).unshare(0x40000000) != 0:  # CLONE_NEWNET
        sys.exit(f"no network namespace: error {ctypes.get_errno()}")
    if not os.path.exists("/dev/net/tun"):
        os.makedirs("/dev/net", exist_ok=True)
        os.mknod("/dev/net/tun", 0o600 | stat.S_IFCHR, os.makedev(10, 200))
    device = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(device, 0x400454CA, struct.pack("16sH14x", b"tun0", 0x1001))  # TUNSETIFF, IFF_TUN | IFF_NO_PI
    for words in (["addr", "add", f"{address}/24", "dev", "tun0"], ["link", "set", "tun0", "up", "mtu", "1400"], ["link", "set", "lo", "up"]):
        subprocess.run(["ip", *words], check=True)
    return os.open("/proc/self/ns/net", os.O_RDONLY), device


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--loss", type=float, default=0)
    parser.add_argument("--delay", type=float, default=0, help="seconds, one way")
    parser.add_argument("--rate", type=float, default=0, help="bits a second, each way")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    dice = random.Random(options.seed)
    near, first = namespace(NEAR)
    far, second = namespace(FAR)
    print(json.dumps({"pid": os.getpid(), "near": near, "far": far}), flush=True)
    free = {first: 0.0, second: 0.0}
    waiting, number = [], 0
    while True:
        now = time.monotonic()
        while waiting and waiting[0][0] <= now:
            _, _, device, packet = heapq.heappop(waiting)
            os.write(device, packet)
        timeout = max(0, waiting[0][0] - now) if waiting else None
        for source in select.select([first, second, 0], [], [], timeout)[0]:
            if source == 0:
                if not os.read(0, 1):
                    return
                continue
            packet = os.read(source, 65536)
            target = second if source == first else first
            now = time.monotonic()
            if dice.random() < options.loss or free[target] - now > MOST_WAITING_SECONDS:
                continue
            free[target] = max(free[target], now) + (len(packet) * 8 / options.rate if options.rate else 0)
            number += 1
            heapq.heappush(waiting, (free[target] + options.delay, number, target, packet))


if __name__ == "__main__":
    main()
