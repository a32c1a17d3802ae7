import Foundation
import SeamarkClient
import SeamarkCrypto
import SeamarkStore

// Many records at once: first push, first pull, updates, what they weigh on the wire, on disks and in memory.
extension Bench {
    /// A device that has captured everything offline syncs it; then a second, fresh one pulls it. Ours and the floors in turn.
    ///
    /// - Parameter before: the seconds of a push of a tenth as many, to see that ten times as much takes ten times as long.
    /// - Returns: the median seconds of the push.
    @discardableResult
    func pushAndPull(records: Int, runs: Int, before: Double? = nil) throws -> Double {
        let fields = Double(records * Workload.fieldsOfARecord)
        var push = Samples(), pull = Samples(), disk: [Double] = [], queryable: [Double] = [], opened: [(seconds: Double, peak: Double)] = []
        for run in 0..<runs {
            var floors: (raw: FloorFigures, bare: FloorFigures)?
            func measureFloors() throws { floors = (try rawSQLite(records), try floor("bare_server", records)) }
            if run.isMultiple(of: 2) { try measureFloors() }
            let office = try office()
            defer { office.close() }
            let device = try office.synced()
            let folder = office.lastFolder
            try device.captureRecords(0..<records)
            let empty = office.server.bytesOnDiskWithoutLogs
            let outcome = try push.measure(office.server) { try SyncRun.run(device) }.outcome
            guard outcome.pushedChanges == records, outcome.quarantined == 0 else {
                throw Failure(what: "pushed \(outcome.pushedChanges) of \(records), \(outcome.quarantined) of them into quarantine")
            }
            let other = try office.enrol()
            let start = now()
            try pull.measure(office.server) { try SyncRun.run(other) }
            let scope = try device.engagement()
            guard try other.records(in: scope).count >= records else { throw Failure(what: "the second device does not find all \(records) records") }
            queryable.append(now() - start)
            guard try other.state.replicas[scope]?.confirmed.digest == device.state.replicas[scope]?.confirmed.digest else {
                throw Failure(what: "the second device's digest differs")
            }
            opened.append(try open(folder, device))
            // The write-ahead log is in the file then.
            office.server.stop()
            disk.append(Double(office.server.bytesOnDisk - empty) / Double(records))
            if floors == nil { try measureFloors() }
            guard let beside = floors else { throw Failure(what: "no floor was measured beside \(records) records") }
            push.raw.append(try beside.raw["insert"])
            push.bare.append(try beside.bare["push"])
            push.bareCPU.append(try beside.bare["cpu"])
            pull.raw.append(try beside.raw["insert"])
            pull.bare.append(try beside.bare["pull"])
            pull.bareCPU.append(try beside.bare["pullCpu"])
        }
        var report = CaseReport("first push of \(records)")
        report.add("seconds", push.seconds)
        report.add("× bare C", as: .ratio, push.toBare, most: 2)
        report.add("× raw SQLite", as: .ratio, push.toRaw)
        report.add("server CPU × bare C's", as: .ratio, push.cpuToBare)
        report.add("× a tenth as many", as: .ratio, before.map { median(push.seconds) / $0 }, most: 10.5)
        push.addUse(to: &report, records: records, peak: 48, bytes: 165)
        report.add("bytes a record on the server's disk", as: .count, disk, most: 750)
        note(report)

        report = CaseReport("first pull of \(records)")
        report.add("seconds", pull.seconds, most: Double(records) * 1.5e-5)
        report.add("× bare C", as: .ratio, pull.toBare)
        report.add("× raw SQLite", as: .ratio, pull.toRaw, most: 4)
        report.add("fields merged durably a second", pull.seconds.map { fields / $0 }, least: 300_000)
        report.add("seconds until all of it can be queried", queryable, most: records >= 100_000 ? 4 : nil)
        report.add("server CPU × bare C's", pull.cpuToBare)
        report.add("server CPU µs a record", pull.cpu.map { $0 * 1e6 / Double(records) }, most: 3)
        pull.addUse(to: &report, records: records)
        note(report)

        report = CaseReport("a laptop with \(records) records")
        report.add("seconds to open after unlocking", opened.map(\.seconds), most: records <= 100_000 ? 0.5 : nil)
        report.add("peak MB, all \(Int(fields)) edits live", opened.map(\.peak), most: fields >= 1e6 ? 400 * fields / 1e6 : nil)
        note(report)
        return median(push.seconds)
    }

    /// Waits for the disk during a push: counted by strace, so in a run of its own.
    func syncsOfAPush(records: Int) throws {
        let office = try office(countingSyncs: true)
        defer { office.close() }
        let device = try office.synced()
        try device.captureRecords(0..<records)
        let before = office.server.syncs
        _ = try SyncRun.run(device)
        var report = CaseReport("fsyncs of a push of \(records)")
        report.add("fsyncs", as: .count, try office.server.syncsSince(before))
        note(report)
    }

    /// Every field of all records was set anew elsewhere: a device that has them pulls that.
    func updates(records: Int) throws {
        var pull = Samples(), fields = 0
        for round in 1...runs {
            pull.raw.append(try rawSQLite(records)["update"])
            let office = try office()
            defer { office.close() }
            let device = try office.synced(), other = try office.synced()
            try device.captureRecords(0..<records)
            _ = try SyncRun.run(device)
            _ = try SyncRun.run(other)
            try device.rewriteRecords(round: round)
            let scope = try device.engagement()
            fields = try device.state.replicas[scope]?.fresh.reduce(0) { $0 + $1.edits.count } ?? 0
            _ = try SyncRun.run(device)
            try pull.measure(office.server) { try SyncRun.run(other) }
            guard try other.state.replicas[scope]?.confirmed.digest == device.state.replicas[scope]?.confirmed.digest else {
                throw Failure(what: "the second device's digest differs")
            }
        }
        var report = CaseReport("pull of \(records) records set anew")
        report.add("seconds", pull.seconds)
        report.add("× raw SQLite", as: .ratio, pull.toRaw, most: 4)
        report.add("fields merged durably a second", pull.seconds.map { Double(fields) / $0 }, least: 120_000)
        pull.addUse(to: &report, records: records)
        note(report)
    }

    /// What one field set anew weighs, alone and with others in its block: what a sync moves beyond one that has nothing to do.
    func bytesOfAnEdit() throws {
        let office = try office()
        defer { office.close() }
        let device = try office.synced()
        try device.captureRecords(0..<1000)
        _ = try SyncRun.run(device)
        func bytes(pushing count: Int) throws -> Double {
            let report = try SyncRun.run(device)
            guard report.outcome.pushedChanges == count else { throw Failure(what: "pushed \(report.outcome.pushedChanges) edits, not \(count)") }
            return Double(report.bytesSent + report.bytesReceived)
        }
        var report = CaseReport("bytes of an edit")
        var round = 0
        for (count, most) in [(1000, 18.0), (50, 40), (1, 180)] {
            var all: [Double] = []
            for _ in 0..<5 {
                let nothing = try bytes(pushing: 0)
                round += 1
                try device.editRecords(count, round: round)
                all.append((try bytes(pushing: count) - nothing) / Double(count))
            }
            report.add("\(count) in a block", as: .count, all, most: most)
        }
        note(report)
    }

    /// A million edits of which a tenth is live, on a laptop: what it holds when it opens them.
    func historyInMemory() throws {
        let office = try office()
        defer { office.close() }
        let device = try office.synced()
        let folder = office.lastFolder
        let scope = try device.engagement()
        func waiting() throws -> Int { try device.state.replicas[scope]?.fresh.reduce(0) { $0 + $1.edits.count } ?? 0 }
        try device.captureRecords(0..<8_334)
        var edits = try waiting()
        for round in 1...11 {
            _ = try SyncRun.run(device)
            try device.rewriteRecords(round: round)
            edits += try waiting()
        }
        _ = try SyncRun.run(device)
        guard edits >= 1_000_000 else { throw Failure(what: "these are \(edits) edits, not a million") }
        let opened = try open(folder, device)
        var report = CaseReport("a laptop with a million edits, a tenth of them live")
        report.add("peak MB", opened.peak, most: 80)
        report.add("seconds to open after unlocking", opened.seconds)
        note(report)
    }

    /// A process of its own opens the store: what that takes, and the most memory it held.
    private func open(_ folder: String, _ device: Device) throws -> (seconds: Double, peak: Double) {
        let task = Process()
        task.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        task.arguments = ["open", folder]
        let (input, output) = (Pipe(), Pipe())
        (task.standardInput, task.standardOutput) = (input, output)
        try task.run()
        input.fileHandleForWriting.write(Data(device.store.storeKey.copy()))
        input.fileHandleForWriting.closeFile()
        let said = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self).split(whereSeparator: \.isWhitespace).compactMap { Double($0) }
        task.waitUntilExit()
        guard said.count == 2 else { throw Failure(what: "the store did not open in a process of its own") }
        return (said[0], said[1])
    }

    /// The other side of `open`: the store's key comes on standard input.
    static func openStore(at folder: String) throws {
        var key = Array(FileHandle.standardInput.readDataToEndOfFile())
        let secret = SecretBytes(moving: &key)
        let opening = try timed { try DeviceStore(at: folder).unlock(storeKey: secret) }
        guard try !opening.value.state.scopes.isEmpty else { throw Failure(what: "the store is empty") }
        print(opening.seconds, ProcessMemory.megabytes("VmHWM"))
    }
}

/// What several runs of one case gave, beside what the floors took next to each.
struct Samples {
    var raw: [Double] = []
    var bare: [Double] = []
    /// Of the bare server's processor.
    var bareCPU: [Double] = []
    private(set) var seconds: [Double] = []
    private(set) var cpu: [Double] = []
    private(set) var peak: [Double] = []
    private(set) var bytes: [Double] = []
    private(set) var wire: [Double] = []

    var toRaw: [Double] { zip(seconds, raw).map { $0 / $1 } }
    var toBare: [Double] { zip(seconds, bare).map { $0 / $1 } }
    var cpuToBare: [Double] { zip(cpu, bareCPU).map { $0 / $1 } }

    @discardableResult
    mutating func measure(_ server: ServerProcess, _ body: () throws -> SyncRun.Report) throws -> SyncRun.Report {
        let (cpuBefore, wireBefore) = (server.cpuSeconds, Wire.bytes)
        let (took, report) = try timed(body)
        seconds.append(took)
        cpu.append(server.cpuSeconds - cpuBefore)
        peak.append(server.peakMegabytes)
        bytes.append(Double(report.bytesSent + report.bytesReceived))
        if let passed = Wire.since(wireBefore, Wire.bytes) { wire.append(passed) }
        return report
    }

    func addUse(to report: inout CaseReport, records: Int, peak mostMegabytes: Double? = nil, bytes mostBytes: Double? = nil) {
        report.add("server CPU seconds", cpu)
        report.add("server peak MB", peak, most: mostMegabytes)
        report.add("bytes a record, TLS included", as: .count, bytes.map { $0 / Double(records) }, most: mostBytes)
        report.add("bytes a record, TCP and IP included", as: .count, wire.map { $0 / Double(records) })
    }
}
