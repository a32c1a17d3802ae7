"""Starts a server of ours on loopback and has sslyze, sslscan and testssl look at each way in. Prints what was found and ends with one JSON line."""

import argparse
import json
import pathlib
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time

TOOLS = pathlib.Path(sys.executable).parent

# What testssl marks and we do not mend, each with the reason.
ACCEPTED = {
    "cert_revocation": "a private authority that signs one server for 90 days publishes no list; devices pin it",
    "DNS_CAArecord": "the name is not in the DNS",
    "service": "not HTTP",
    "engine_problem": "of the tool's own library",
}


def said(*words):
    """What a command says on both streams, and its status."""
    done = subprocess.run([str(word) for word in words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, text=True)
    return done.stdout, done.returncode


def free_port():
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return held.getsockname()[1]


def sslyze(name, port, authority):
    text, status = said(TOOLS / "sslyze", "--certinfo_ca_file", authority, "--mozilla_config", "modern", f"{name}:{port}{{127.0.0.1}}")
    compliant = status == 0 and "Compliant" in text
    return [] if compliant else [line.strip() for line in text.splitlines() if line.strip().startswith("* ") and line.startswith("        ")] or [text[-400:]]


def sslscan(name, port):
    text, status = said("sslscan", "--no-colour", f"--sni-name={name}", f"127.0.0.1:{port}")
    faults = [] if status == 0 else [f"status {status}"]
    versions = dict(re.findall(r"^((?:SSL|TLS)v[\d.]+) +(enabled|disabled)$", text, re.M))
    wanted = {version: "enabled" if version == "TLSv1.3" else "disabled" for version in ("SSLv2", "SSLv3", "TLSv1.0", "TLSv1.1", "TLSv1.2", "TLSv1.3")}
    if versions != wanted:
        faults.append(f"versions: {versions}")
    ciphers = set(re.findall(r"^(?:Preferred|Accepted) +\S+ +\d+ bits +(\S+)", text, re.M))
    if ciphers != {"TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"}:
        faults.append(f"ciphers: {sorted(ciphers)}")
    groups = set(re.findall(r"^TLSv1.3 +\d+ bits +(\S+)", text, re.M))
    if groups != {"x25519", "secp256r1", "secp384r1"}:
        faults.append(f"groups: {sorted(groups)}")
    faults += [line.strip() for line in text.splitlines() if "vulnerable" in line and "not vulnerable" not in line]
    return faults


def testssl(name, port, authority, folder):
    report = folder / f"testssl-{name[:8]}.json"
    _, status = said(
        "testssl", "--quiet", "--color", "0", "--warnings", "off", "--ip", "127.0.0.1", "--add-ca", authority, "--jsonfile", report, f"{name}:{port}")
    if not report.exists():
        return [f"no report, status {status}"]
    findings = json.loads(report.read_text())
    # A run that looked at nothing finds no fault either.
    looked = {finding["id"] for finding in findings}
    missing = sorted({"TLS1_2", "TLS1_3", "heartbleed", "cert_trust", "PFS"} - looked)
    faults = [f"did not look at {', '.join(missing)}"] if missing else []
    for finding in findings:
        if finding["severity"] not in ("OK", "INFO", "DEBUG") and finding["id"].split()[0] not in ACCEPTED:
            faults.append(f"{finding['severity']} {finding['id']}: {finding['finding']}")
    return faults


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--programs", default=".build/release")
    programs = pathlib.Path(parser.parse_args().programs).resolve()
    server = programs / "seamark-server"
    with tempfile.TemporaryDirectory(prefix="seamark-tls-audit-") as place:
        folder = pathlib.Path(place)
        data, port = folder / "data", free_port()
        for words in (["init", "--data", data, "--name", f"127.0.0.1:{port}"], ["tenant", "add", "fictitious", "--data", data]):
            text, status = said(server, *words)
            if status != 0:
                sys.exit(f"{words[0]} failed: {text}")
        name = json.loads((data / "installation" / "settings.json").read_text())["serverName"]
        label = json.loads((data / "tenants" / "fictitious" / "tenant.json").read_text())["label"]
        authority = data / "installation" / "authority.pem"
        running = subprocess.Popen([server, "run", "--listen", f"127.0.0.1:{port}", "--data", data], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            for _ in range(600):
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.1)
            else:
                sys.exit("the server did not listen within a minute")
            looks = [
                ("sslyze, Mozilla's modern configuration", lambda: sslyze(name, port, authority)),
                ("sslscan, under the server's name", lambda: sslscan(name, port)),
                ("sslscan, under a tenant's label", lambda: sslscan(label, port)),
                ("sslscan, under a label that leads nowhere", lambda: sslscan("0" * 32, port)),
                ("testssl", lambda: testssl(name, port, authority, folder)),
            ]
            outcome = {}
            for title, look in looks:
                faults = look()
                outcome[title] = len(faults)
                print(f"{title}: {'nothing to mend' if not faults else ''}", flush=True)
                for fault in faults:
                    print(f"  {fault}", flush=True)
            if running.poll() is not None:
                sys.exit(f"the server ended with status {running.returncode} meanwhile")
        finally:
            running.send_signal(signal.SIGTERM)
            running.wait(60)
    print("Let pass: " + "; ".join(f"{what} ({why})" for what, why in ACCEPTED.items()) + ".")
    print(json.dumps({"looks": len(looks), "faults": sum(outcome.values())}))
    sys.exit(1 if sum(outcome.values()) else 0)


if __name__ == "__main__":
    main()
