import Foundation

/// A `seamark-server` process on a data directory of its own, and what the system says of it.
final class ServerProcess {
    let program: String
    let data: String
    private var process: Process?
    /// The server's own, which strace may have started.
    private var pid: pid_t = 0
    /// Where strace writes a line for each wait for the disk.
    private var syncLines: String?

    init(program: String, data: String) {
        self.program = program
        self.data = data
    }

    /// Runs an administrator's verb and returns what it prints.
    @discardableResult
    func verb(_ arguments: [String]) throws -> String { try output(of: program, arguments + ["--data", data]) }

    /// - Parameter countingSyncs: under strace, which stops it at fsync and fdatasync and nowhere else (seccomp).
    func start(port: Int, countingSyncs: Bool = false) throws {
        let task = Process()
        // Ends with this process, however that ends.
        let ending = ["/usr/bin/setpriv", "--pdeathsig", "TERM"]
        var words = [program, "run", "--listen", "127.0.0.1:\(port)", "--data", data, "--connections-per-address", "100000"]
        if countingSyncs {
            let lines = "\(data).syncs"
            // Interruptible, or strace would heed no signal to end.
            words = ["/usr/bin/strace", "-I", "2", "-f", "--seccomp-bpf", "-qq", "-e", "trace=fsync,fdatasync", "-o", lines] + words
            syncLines = lines
        }
        task.executableURL = URL(fileURLWithPath: ending[0])
        task.arguments = Array(ending.dropFirst()) + words
        task.standardError = FileHandle(forWritingAtPath: "/dev/null")
        let output = Pipe()
        task.standardOutput = output
        try task.run()
        (process, pid) = (task, task.processIdentifier)
        // The first line says that it listens.
        guard !output.fileHandleForReading.availableData.isEmpty else { throw Failure(what: "the server did not start") }
        if countingSyncs {
            guard let child = (try? String(contentsOfFile: "/proc/\(pid)/task/\(pid)/children", encoding: .utf8))?.split(separator: " ").first.flatMap({ pid_t($0) })
            else { throw Failure(what: "strace started no server") }
            pid = child
        }
    }

    func stop() {
        guard let process else { return }
        kill(pid, SIGTERM)
        process.waitUntilExit()
        self.process = nil
    }

    /// Waits for the disk so far, all threads together; nil where nobody counts.
    var syncs: Int? {
        guard let syncLines, let text = try? String(contentsOfFile: syncLines, encoding: .utf8) else { return nil }
        return text.split(separator: "\n").count { $0.contains("sync(") && !$0.contains("resumed") }
    }

    /// Waits for the disk since there were `before`. Throws where none was counted: what was committed meanwhile would not be durable, or strace was blind.
    func syncsSince(_ before: Int?) throws -> Double {
        guard let before, let after = syncs, after > before else { throw Failure(what: "no wait for the disk was counted where there must be one") }
        return Double(after - before)
    }

    /// Files and connections that it holds open.
    var descriptors: Int { (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/fd").count) ?? 0 }

    /// CPU seconds so far, user and system, to the nanosecond.
    var cpuSeconds: Double {
        var clock = clockid_t(), time = timespec()
        guard clock_getcpuclockid(pid, &clock) == 0, clock_gettime(clock, &time) == 0 else { return 0 }
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// The most memory it has held, in MB.
    var peakMegabytes: Double { megabytes("VmHWM") }

    /// What it holds now, in MB.
    var megabytes: Double { megabytes("VmRSS") }

    private func megabytes(_ key: String) -> Double { ProcessMemory.megabytes(key, of: "\(pid)") }

    /// Its data on the disk, in bytes.
    var bytesOnDisk: Int { bytes { _ in true } }

    /// The same without what is moved into the files when it ends, and would be missing from a difference.
    var bytesOnDiskWithoutLogs: Int { bytes { !$0.hasSuffix("-wal") && !$0.hasSuffix("-shm") } }

    private func bytes(of isCounted: (String) -> Bool) -> Int {
        guard let files = FileManager.default.enumerator(atPath: data) else { return 0 }
        return files.reduce(0) { sum, file in
            guard isCounted("\(file)") else { return sum }
            let attributes = try? FileManager.default.attributesOfItem(atPath: "\(data)/\(file)")
            guard attributes?[.type] as? FileAttributeType == .typeRegular else { return sum }
            return sum + (attributes?[.size] as? Int ?? 0)
        }
    }
}

/// What `/proc` says of memory.
enum ProcessMemory {
    static func megabytes(_ key: String, of process: String = "self") -> Double {
        guard let status = try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8),
            let line = status.split(separator: "\n").first(where: { $0.hasPrefix(key + ":") }), let kilobytes = Double(line.filter(\.isNumber))
        else { return 0 }
        return kilobytes / 1024
    }
}

/// What has passed on loopback, with the heads of TCP and IP: ours alone where `Scripts/benchmark` made a network namespace for this run, which it then says.
enum Wire {
    static let isOurs = ProcessInfo.processInfo.environment["SEAMARK_BENCHMARK_NAMESPACE"] != nil

    /// Nil where the network is not ours alone.
    static var bytes: Double? {
        guard isOurs, let text = try? String(contentsOfFile: "/proc/net/dev", encoding: .utf8),
            let line = text.split(separator: "\n").first(where: { $0.contains("lo:") })
        else { return nil }
        return Double(line.split(whereSeparator: { $0 == " " || $0 == ":" })[1])
    }

    /// TCP connections that were begun; nil where the network is not ours alone.
    static var connections: Double? {
        guard isOurs, let text = try? String(contentsOfFile: "/proc/net/snmp", encoding: .utf8) else { return nil }
        let lines = text.split(separator: "\n").filter { $0.hasPrefix("Tcp:") }.map { $0.split(separator: " ") }
        guard lines.count == 2, let place = lines[0].firstIndex(of: "ActiveOpens") else { return nil }
        return Double(lines[1][place])
    }

    static func since(_ before: Double?, _ now: Double?) -> Double? { before.flatMap { before in now.map { $0 - before } } }
}
