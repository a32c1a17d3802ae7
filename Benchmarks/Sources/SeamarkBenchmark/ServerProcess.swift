import Foundation

/// A `seamark-server` process on a data directory of its own, and what the system says of it.
final class ServerProcess {
    let program: String
    let data: String
    private var process: Process?
    private(set) var port = 0

    init(program: String, data: String) {
        self.program = program
        self.data = data
    }

    /// Runs an administrator's verb and returns what it prints.
    @discardableResult
    func verb(_ arguments: [String]) throws -> String {
        let task = Process()
        task.executableURL = URL(fileURLWithPath: program)
        task.arguments = arguments + ["--data", data]
        let output = Pipe()
        task.standardOutput = output
        try task.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        task.waitUntilExit()
        guard task.terminationStatus == 0 else { throw Failure(what: "seamark-server \(arguments.first ?? "") ended with \(task.terminationStatus)") }
        return text
    }

    func start(port: Int) throws {
        self.port = port
        let task = Process()
        task.executableURL = URL(fileURLWithPath: program)
        task.arguments = ["run", "--listen", "127.0.0.1:\(port)", "--data", data]
        task.standardError = FileHandle(forWritingAtPath: "/dev/null")
        let output = Pipe()
        task.standardOutput = output
        try task.run()
        process = task
        // The first line says that it listens.
        guard !output.fileHandleForReading.availableData.isEmpty else { throw Failure(what: "the server did not start") }
    }

    func stop() {
        process?.terminate()
        process?.waitUntilExit()
        process = nil
    }

    /// CPU seconds so far, user and system.
    var cpuSeconds: Double {
        guard let pid = process?.processIdentifier, let stat = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8) else { return 0 }
        let fields = stat[stat.index(after: stat.lastIndex(of: ")")!)...].split(separator: " ")
        return (Double(fields[11])! + Double(fields[12])!) / 100
    }

    /// The most memory it has held, in MB.
    var peakMegabytes: Double {
        guard let pid = process?.processIdentifier, let status = try? String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8),
            let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM") }), let kilobytes = Double(line.split(separator: " ")[1].filter(\.isNumber))
        else { return 0 }
        return kilobytes / 1024
    }
}

struct Failure: Error, CustomStringConvertible {
    let what: String
    var description: String { what }
}
