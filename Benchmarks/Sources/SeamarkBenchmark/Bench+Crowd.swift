import Foundation
import SeamarkClient
import Synchronization

// Many at once, and what one does to the others.
extension Bench {
    /// So many devices that have captured offline sync at the same moment: in one tenant, or each in its own.
    func crowd(devices count: Int, records: Int, tenantEach: Bool) throws {
        var seconds: [Double] = [], bare: [Double] = [], failures = 0, syncs: [Double] = [], again: [Double] = [], peak: [Double] = []
        for run in 0...max(1, runs / 2) {
            // The last for counting alone.
            let isCounting = run == max(1, runs / 2)
            if !isCounting { bare.append(try floor("bare_server", count * records, records)["push"]) }
            let tenants = tenantEach ? (1...count).map { "bench\($0)" } : ["bench"]
            let office = try office(tenants: tenants, countingSyncs: isCounting)
            defer { office.close() }
            let devices = try (0..<count).map { number in
                let device = try office.synced(tenant: tenants[number % tenants.count], by: NoStretching())
                try device.captureRecords(number * records..<(number + 1) * records)
                try device.seal(device.engagement())
                return device
            }
            let (syncsBefore, connectionsBefore) = (office.server.syncs, Wire.connections)
            let pushed = Mutex(0)
            let all = together(devices.map { device in { @Sendable in
                let report = try SyncRun.run(device)
                pushed.withLock { $0 += report.outcome.pushedChanges - report.outcome.quarantined }
            } })
            for failure in all.failures.prefix(3) { FileHandle.standardError.write(Data("a sync failed: \(failure)\n".utf8)) }
            failures += all.failures.count
            guard !all.failures.isEmpty || pushed.withLock({ $0 }) == count * records else { throw Failure(what: "not every record of the crowd was taken") }
            guard !isCounting else {
                syncs.append(try office.server.syncsSince(syncsBefore))
                continue
            }
            seconds.append(all.seconds)
            peak.append(office.server.peakMegabytes)
            if let connections = Wire.since(connectionsBefore, Wire.connections) { again.append(connections - Double(count)) }
        }
        var report = CaseReport("\(count) devices with \(records) records at once in \(tenantEach ? "as many tenants" : "one tenant")")
        report.add("seconds", seconds, most: tenantEach ? nil : 0.5)
        report.add("× bare C, one device with all of it", as: .ratio, zip(seconds, bare).map { $0 / $1 })
        report.add("failures", as: .count, Double(failures), most: 0)
        report.add("connections beyond the first", as: .count, again, most: 0)
        report.add("fsyncs", as: .count, syncs, most: tenantEach ? nil : 25)
        report.add("server peak MB", peak)
        note(report)
    }

    /// Many tenants on one machine, some of them at work, of which no more than a hundred sync in the same moment: a server keeps as many places for
    /// handshakes that are not finished, and the oldest of them would make room for the next.
    func manyTenants(_ count: Int, active: Int) throws {
        let office = try office(tenants: (1...active).map { "bench\($0)" })
        defer { office.close() }
        for number in active + 1...count { try office.server.verb(["tenant", "add", "idle\(number)"]) }
        let devices = try (1...active).map { try office.synced(tenant: "bench\($0)", by: NoStretching()) }
        for device in devices { try device.captureRecords(0..<10) }
        let each = Mutex<[Double]>([])
        let lanes = min(active, 100)
        let all = together((0..<lanes).map { lane in { @Sendable in
            for place in stride(from: lane, to: devices.count, by: lanes) {
                let took = try timed { try SyncRun.run(devices[place]) }.seconds
                each.withLock { $0.append(took) }
            }
        } })
        for failure in all.failures.prefix(3) { FileHandle.standardError.write(Data("a sync failed: \(failure)\n".utf8)) }
        let done = each.withLock { $0 }
        guard !all.failures.isEmpty || done.count == active else { throw Failure(what: "\(done.count) of \(active) tenants synced") }
        var report = CaseReport("\(active) of \(count) tenants at once, 10 records each")
        report.add("seconds", all.seconds)
        report.add("seconds of a sync, 99th percentile", percentile(done, 0.99))
        report.add("failures", as: .count, Double(all.failures.count), most: 0)
        report.add("server peak MB", office.server.peakMegabytes)
        note(report)
    }

    /// Connections that say nothing, held by `idle.py`; and what a sync takes meanwhile.
    func idle(_ count: Int, helper: String) throws {
        let office = try office()
        defer { office.close() }
        let device = try office.synced()
        let credentials = try (0..<(count + 3) / 4).map { _ in try office.credential() }
        let before = office.server.megabytes
        let task = Process()
        task.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        task.arguments = ["python3", helper, "\(office.port)", "\(count)"]
        let (input, output) = (Pipe(), Pipe())
        (task.standardInput, task.standardOutput) = (input, output)
        try task.run()
        defer {
            task.terminate()
            task.waitUntilExit()
        }
        try input.fileHandleForWriting.write(contentsOf: Data(credentials.map { $0 + "\n" }.joined().utf8) + Data("\n".utf8))
        let said = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        guard said.hasPrefix("\(count) connected") else { throw Failure(what: "of \(count) connections this was said: \(said)") }
        let held = office.server.megabytes - before
        var meanwhile: [Double] = []
        for number in 0..<100 {
            try device.captureRecords(number..<number + 1)
            meanwhile.append(try timed { try SyncRun.run(device) }.seconds)
        }
        guard task.isRunning, office.server.descriptors >= count else { throw Failure(what: "the idle connections did not stay") }
        var report = CaseReport("\(count) idle connections")
        report.add("KB each", held * 1024 / Double(count), most: count <= 1000 ? 32 : nil)
        report.add("MB of all", held, most: count >= 10_000 ? 400 : nil)
        report.add("seconds of a sync meanwhile, 99th percentile", percentile(meanwhile, 0.99), most: 0.5)
        note(report)
    }

    // MARK: - Bad neighbours

    /// What others do must not reach one who syncs a record now and then: quiet first, then disturbed.
    func neighbours() throws {
        try neighbour(pushing: 50_000)
        try neighbour("a file of 64 MiB on a line of 320 KB a second") { office in
            let relay = try Relay(to: office.port, toServer: .init(bytes: 16 * 1024, pauseMilliseconds: 50))
            let device = try office.synced(through: relay.port)
            let file = office.lastFolder + ".ledger"
            guard FileManager.default.createFile(atPath: file, contents: nil), truncate(file, 64 << 20) == 0 else { throw Failure(what: "no file to attach") }
            _ = try device.attach(AttachmentSource(file), in: device.engagement(), to: nil, [])
            relay.slowDown()
            return [{ @Sendable in _ = try SyncRun.run(device) }]
        }
        // More than the system takes in for four of them, so that the server has to wait.
        try neighbour("devices that read 16 bytes a second") { office in
            let writer = try office.synced(), relay = try Relay(to: office.port, toDevice: .init(bytes: 16, pauseMilliseconds: 1000, after: 64 * 1024))
            try writer.captureRecords(0..<50_000)
            _ = try SyncRun.run(writer)
            let readers = try (0..<4).map { _ in try office.enrol(through: relay.port, by: NoStretching()) }
            relay.slowDown()
            return readers.map { device in { @Sendable in _ = try SyncRun.run(device) } }
        }
        for (what, after) in [("send a byte a second", 8 * 1024), ("shake hands a byte a second", 0)] {
            try neighbour("devices that \(what)") { office in
                let relay = try Relay(to: office.port, toServer: .init(bytes: 1, pauseMilliseconds: 1000, after: after))
                let senders = try (0..<4).map { _ in
                    let device = try office.synced(through: relay.port, by: NoStretching())
                    try device.captureRecords(0..<1000)
                    return device
                }
                relay.slowDown()
                return senders.map { device in { @Sendable in _ = try SyncRun.run(device) } }
            }
        }
    }

    /// Another tenant pushes so many records.
    func neighbour(pushing records: Int) throws {
        try neighbour("a tenant at full rate with \(records) records", slowsMost: 1.1) { office in
            let device = try office.synced(tenant: "other")
            try device.captureRecords(0..<records)
            return [{ @Sendable in _ = try SyncRun.run(device) }]
        }
    }

    /// - Parameter disturb: makes what goes on beside, in the same server; it is ended, or left alone, when the last sync is over.
    private func neighbour(_ name: String, slowsMost: Double? = nil, _ disturb: (Office) throws -> [@Sendable () throws -> Void]) throws {
        let office = try office(tenants: ["bench", "other"])
        defer { office.close() }
        let device = try office.synced()
        let disturbing = try disturb(office)
        var number = 1_000_000
        func sync() throws -> Double {
            number += 1
            try device.captureRecords(number..<number + 1)
            return try timed { try SyncRun.run(device) }.seconds
        }
        for _ in 0..<5 { _ = try sync() }
        let quiet = try (0..<100).map { _ in try sync() }
        let peakBefore = office.server.peakMegabytes
        let isOver = Mutex(false)
        for body in disturbing {
            Thread.detachNewThread {
                do { try body() } catch { FileHandle.standardError.write(Data("beside: \(error)\n".utf8)) }
                isOver.withLock { $0 = true }
            }
        }
        var disturbed: [Double] = []
        // Only while the neighbour is at work.
        while disturbed.count < 100, !isOver.withLock({ $0 }) { disturbed.append(try sync()) }
        guard disturbed.count >= 20 else { throw Failure(what: "beside \(name) there was time for \(disturbed.count) syncs alone") }
        var report = CaseReport("a small sync beside \(name)")
        report.add("milliseconds", disturbed.map { $0 * 1000 })
        report.add("× quiet", as: .ratio, [median(disturbed) / median(quiet)], most: slowsMost)
        // One of the longest over one of the longest: it has a goal, and is nothing to hold another day's to within a tenth.
        report.add("99th percentile × quiet", [percentile(disturbed, 0.99) / percentile(quiet, 0.99)], most: 2)
        report.add("syncs meanwhile", Double(disturbed.count))
        report.add("server peak MB beyond the quiet one", office.server.peakMegabytes - peakBefore)
        note(report)
    }
}
