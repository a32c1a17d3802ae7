/// A terminal under a program: what it was sent comes out as it was written.
enum Screen {
    /// The command that runs `program` with a terminal of so many columns as its output, and as its error too where `errors` says so.
    static func command(columns: Int, errors: Bool = false, _ program: [String]) -> (name: String, words: [String]) {
        ("/usr/bin/env", ["python3", "-c", script, String(columns), errors ? "errors" : "output"] + program)
    }

    private static let script = """
        import fcntl, os, pty, struct, subprocess, sys, termios
        ours, theirs = pty.openpty()
        settings = termios.tcgetattr(theirs)
        settings[1] &= ~termios.OPOST
        termios.tcsetattr(theirs, termios.TCSANOW, settings)
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, int(sys.argv[1]), 0, 0))
        program = subprocess.Popen(sys.argv[3:], stdout=theirs, stderr=theirs if sys.argv[2] == "errors" else None, close_fds=False)
        os.close(theirs)
        while True:
            try: part = os.read(ours, 65536)
            except OSError: break
            if not part: break
            sys.stdout.buffer.write(part)
        sys.exit(program.wait() & 255)
        """
}
