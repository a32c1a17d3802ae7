import Foundation
import SeamarkClient
import SeamarkJournal

/// The cases. Each builds its own server, measures, and notes a row.
final class Bench {
    private let program: String
    /// The folder of `raw_sqlite` and `bare_server`.
    private let floors: String
    private let work: String
    private var rows: [[String]] = []
    private var count = 0

    init(server: String, floors: String, work: String) {
        program = server
        self.floors = floors
        self.work = work
    }

    /// A device that has captured everything offline syncs it; then a second, fresh one pulls it. Ours and the floor in turn.
    func pushAndPull(records: Int, runs: Int) throws {
        var raw: [Double] = [], bare: [Double] = [], push = Samples(), pull = Samples()
        for _ in 0..<runs {
            raw.append(try floor("raw_sqlite", ["\(records)", "584"]))
            bare.append(try floor("bare_server", ["\(records)"]))
            let office = try office()
            defer { office.server.stop() }
            let device = try office.enrol()
            _ = try SyncRun.run(device)
            let scope = try device.engagement()
            let time = device.now()
            for start in stride(from: 0, to: records, by: 1000) {
                try device.captureAll(in: scope) { _, _ in
                    (start..<min(records, start + 1000)).map { Workload.edits(number: $0, time: time + Int64($0)) }
                }
            }
            let outcome = try push.measure(office.server) { try SyncRun.run(device) }.outcome
            guard outcome.pushedChanges == records, outcome.quarantined == 0 else {
                throw Failure(what: "pushed \(outcome.pushedChanges) of \(records), \(outcome.quarantined) of them into quarantine")
            }
            let other = try office.enrol()
            try pull.measure(office.server) { try SyncRun.run(other) }
            guard try other.state.replicas[scope]?.confirmed.digest == device.state.replicas[scope]?.confirmed.digest else {
                throw Failure(what: "the second device's digest differs")
            }
        }
        note("first push of \(records)", push, raw: median(raw), bare: median(bare), per: records)
        note("first pull of \(records)", pull, raw: median(raw), per: records)
    }

    /// One edit, and nothing at all, each a whole sync: connect, handshake, compare, close.
    func small(runs: Int) throws {
        let office = try office()
        defer { office.server.stop() }
        let device = try office.enrol()
        _ = try SyncRun.run(device)
        let scope = try device.engagement()
        var edit = Samples(), nothing = Samples()
        for number in 0..<max(10, runs * 4) {
            try device.capture(in: scope) { _, _ in Workload.edits(number: number, time: device.now()) }
            try edit.measure(office.server) { try SyncRun.run(device) }
            try nothing.measure(office.server) { try SyncRun.run(device) }
        }
        note("one new record, whole sync", edit, per: 1)
        note("nothing to do, whole sync", nothing, per: 1)
    }

    func printTable() {
        let header = ["case", "median s", "× raw SQLite", "× bare C server", "server CPU s", "server peak MB", "bytes a record"]
        let widths = header.indices.map { column in ([header] + rows).map { $0[column].count }.max() ?? 0 }
        for (index, row) in ([header] + rows).enumerated() {
            print("| " + zip(row, widths).map { $0.padding(toLength: $1, withPad: " ", startingAt: 0) }.joined(separator: " | ") + " |")
            if index == 0 { print("|" + widths.map { String(repeating: "-", count: $0 + 2) }.joined(separator: "|") + "|") }
        }
    }

    private func office() throws -> Office {
        count += 1
        return try Office(program: program, folder: "\(work)/run-\(count)", port: 20_000 + Int(getpid()) % 20_000 + count)
    }

    /// Seconds of a floor for as many rows, on the same disk: the first number that it prints.
    private func floor(_ name: String, _ words: [String]) throws -> Double {
        count += 1
        let task = Process()
        task.executableURL = URL(fileURLWithPath: "\(floors)/\(name)")
        task.arguments = ["\(work)/floor-\(count).sqlite"] + words
        let output = Pipe()
        task.standardOutput = output
        try task.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        task.waitUntilExit()
        guard task.terminationStatus == 0, let seconds = text.split(whereSeparator: \.isWhitespace).first.flatMap({ Double($0) }) else {
            throw Failure(what: "\(name) did not run")
        }
        return seconds
    }

    private func note(_ name: String, _ samples: Samples, raw: Double? = nil, bare: Double? = nil, per records: Int) {
        let seconds = median(samples.seconds)
        let ratio = raw.map { seconds / $0 }, toBare = bare.map { seconds / $0 }
        rows.append([
            name, text(seconds, 4), ratio.map { text($0, 2) } ?? "", toBare.map { text($0, 2) } ?? "", text(median(samples.cpu), 3), text(median(samples.peak), 1),
            text(median(samples.bytes) / Double(records), 1),
        ])
        let fields = [
            "\"case\":\"\(name)\"", "\"runs\":\(samples.seconds.count)", "\"seconds\":\(seconds)",
            "\"floorSeconds\":\(raw.map { "\($0)" } ?? "null")", "\"ratio\":\(ratio.map { "\($0)" } ?? "null")",
            "\"bareSeconds\":\(bare.map { "\($0)" } ?? "null")", "\"toBare\":\(toBare.map { "\($0)" } ?? "null")",
            "\"serverCPUSeconds\":\(median(samples.cpu))", "\"serverPeakMegabytes\":\(median(samples.peak))",
            "\"bytes\":\(Int(median(samples.bytes)))", "\"all\":[\(samples.seconds.map { text($0, 4) }.joined(separator: ","))]",
        ]
        print("{" + fields.joined(separator: ",") + "}")
        fflush(nil)
    }

    private func text(_ value: Double, _ digits: Int) -> String { String(format: "%.\(digits)f", value) }
}

/// What several runs of one case gave.
struct Samples {
    private(set) var seconds: [Double] = []
    private(set) var cpu: [Double] = []
    private(set) var peak: [Double] = []
    private(set) var bytes: [Double] = []

    @discardableResult
    mutating func measure(_ server: ServerProcess, _ body: () throws -> SyncRun.Report) throws -> SyncRun.Report {
        let before = server.cpuSeconds
        let start = DispatchTime.now().uptimeNanoseconds
        let report = try body()
        seconds.append(Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9)
        cpu.append(server.cpuSeconds - before)
        peak.append(server.peakMegabytes)
        bytes.append(Double(report.bytesSent + report.bytesReceived))
        return report
    }
}

func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    guard !sorted.isEmpty else { return 0 }
    return sorted.count.isMultiple(of: 2) ? (sorted[sorted.count / 2 - 1] + sorted[sorted.count / 2]) / 2 : sorted[sorted.count / 2]
}
