import Foundation
import SeamarkClient
import SeamarkJournal

/// What every case is given: offices of its own, the floors beside them, and a place for what it found.
final class Bench {
    let runs: Int
    private let program: String
    /// The folder of `raw_sqlite` and `bare_server`.
    private let floors: String
    private let work: String
    private var count = 0
    private(set) var hasMissed = false

    init(server: String, floors: String, work: String, runs: Int) {
        program = server
        self.floors = floors
        self.work = work
        self.runs = runs
    }

    /// A fresh office, on a port below those that the system gives to whoever connects. With `countingSyncs` its server runs under strace, which stops
    /// it at each wait for the disk: count there, and time elsewhere.
    func office(tenants: [String] = ["bench"], countingSyncs: Bool = false) throws -> Office {
        try Office(program: program, folder: "\(work)/run-\(next())", port: 10_000 + Int(getpid()) % 20_000 + count)
            .with { try $0.open(tenants: tenants, countingSyncs: countingSyncs) }
    }

    /// What a floor prints for as many records, on the same disk. Throws where it did not run.
    func floor(_ name: String, _ words: Int...) throws -> FloorFigures {
        let folder = "\(work)/floor-\(next())"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        // Gigabytes, over all cases; and what waits to be written would disturb the next.
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let printed = try output(of: "\(floors)/\(name)", ["\(folder)/rows.sqlite"] + words.map { "\($0)" }).split(whereSeparator: \.isWhitespace)
        var values: [String: Double] = [:]
        for place in stride(from: 0, to: printed.count - 1, by: 2) { values[String(printed[place])] = Double(printed[place + 1]) }
        return FloorFigures(program: name, values: values)
    }

    func rawSQLite(_ records: Int, batch: Int = 1000) throws -> FloorFigures { try floor("raw_sqlite", records, 584, batch) }

    /// Prints what a case found.
    func note(_ report: CaseReport) {
        if report.figures.contains(where: { $0.holds == false }) { hasMissed = true }
        print(report.line)
        print(report.table)
        fflush(nil)
    }

    private func next() -> Int {
        count += 1
        return count
    }
}

/// What a floor printed: names and values.
struct FloorFigures {
    fileprivate let program: String
    fileprivate let values: [String: Double]

    /// Throws where it said none, or none that anything can be held against: a ratio to nothing would hold any goal, or none.
    subscript(_ name: String) -> Double {
        get throws {
            guard let value = values[name], value > 0 else { throw Failure(what: "\(program) printed no \(name)") }
            return value
        }
    }
}

/// What a program prints. Throws where it does not end with 0.
func output(of program: String, _ arguments: [String]) throws -> String {
    let task = Process()
    task.executableURL = URL(fileURLWithPath: program)
    task.arguments = arguments
    let output = Pipe()
    task.standardOutput = output
    try task.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    task.waitUntilExit()
    guard task.terminationStatus == 0 else {
        throw Failure(what: "\(URL(fileURLWithPath: program).lastPathComponent) \(arguments.first ?? "") ended with \(task.terminationStatus)")
    }
    return text
}

/// Seconds of a clock that only goes forward.
func now() -> Double { Double(DispatchTime.now().uptimeNanoseconds) / 1e9 }

/// How long something took, and what it gave.
func timed<Value>(_ body: () throws -> Value) rethrows -> (seconds: Double, value: Value) {
    let start = now()
    let value = try body()
    return (now() - start, value)
}

struct Failure: Error, CustomStringConvertible {
    let what: String
    var description: String { what }
}
