import Foundation
import SeamarkClient
import Synchronization

// Small things, over connections that stay or that are made for them.
extension Bench {
    /// One field is set while the device watches: what passes on its connection until the receipt is there.
    func oneEdit() throws {
        let edits = 200
        var bare: [Double] = [], trips: [Double] = [], perEdit: [Double] = [], bytes: [Double] = [], syncs: [Double] = []
        for run in 0...runs {
            // The last for counting alone.
            let isCounting = run == runs
            if !isCounting { bare.append(try floor("bare_server", 1)["edit"]) }
            let tripsBefore = trips.count
            let office = try office(countingSyncs: isCounting)
            defer { office.close() }
            let relay = try Relay(to: office.port)
            defer { relay.close() }
            let device = try office.synced(through: relay.port)
            try device.captureRecords(0..<1)
            _ = try SyncRun.run(device)
            let isPushed = DispatchSemaphore(value: 0)
            let watcher = try Watcher(device, pollMilliseconds: 1) { report, _ in
                for _ in 0..<report.outcome.pushedChanges { isPushed.signal() }
            }
            defer { watcher.stop() }
            let begun = relay.flights.count, syncsBefore = office.server.syncs
            for number in 0..<edits {
                // What the last edit still says shall not be taken for this one's.
                usleep(5000)
                let first = relay.flights.count
                try device.editRecords(1, round: number)
                guard isPushed.wait(timeout: .now() + 20) == .success else { throw Failure(what: "an edit got no receipt") }
                let trip = relay.flights.dropFirst(first).drop { !$0.isToServer }.prefix(2)
                // Strace stands in the way of time.
                if !isCounting, let push = trip.first, let receipt = trip.dropFirst().first { trips.append(receipt.began - push.began) }
            }
            let flights = Array(relay.flights.dropFirst(begun))
            if isCounting {
                let each = try office.server.syncsSince(syncsBefore) / Double(edits)
                guard each >= 1 else { throw Failure(what: "receipts came without a wait for the disk: \(each) for each") }
                syncs.append(each)
                continue
            }
            let told = trips.count - tripsBefore
            guard told >= edits * 9 / 10 else { throw Failure(what: "the relay told push and receipt apart for \(told) of \(edits) edits alone") }
            perEdit.append(Double(flights.count { $0.isToServer }) / Double(edits))
            bytes.append(Double(flights.reduce(0) { $0 + $1.bytes }) / Double(edits))
        }
        var report = CaseReport("one edit on a live connection")
        report.add("milliseconds from the push to the receipt, as a relay sees it", trips.map { $0 * 1000 }, most: 0.6)
        report.add("× bare C", as: .ratio, [median(trips) / median(bare)])
        report.add("round trips", as: .count, perEdit, most: 1)
        report.add("bytes both ways, TLS included", as: .count, bytes, most: 250)
        report.add("fsyncs", as: .count, syncs, most: 1)
        note(report)
    }

    /// From a capture on one watching device until others, watching too, have it on their disks.
    func deviceToDevice(watchers count: Int, edits: Int) throws {
        let before = try floor("bare_server", 1)["edit"]
        let office = try office()
        defer { office.close() }
        let writer = try office.synced(by: NoStretching())
        try writer.captureRecords(0..<1)
        _ = try SyncRun.run(writer)
        let heard = Mutex<[Double]>([]), isHeard = DispatchSemaphore(value: 0)
        // Each that enrols is news for those before it: they hear of all before anybody listens.
        let devices = try (0..<count).map { _ in try office.synced(by: NoStretching()) }
        for device in devices + [writer] { _ = try SyncRun.run(device) }
        let readers = try devices.map { device in
            try Watcher(device) { report, time in
                guard report.outcome.pulledChanges > 0 else { return }
                heard.withLock { $0.append(time) }
                for _ in 0..<report.outcome.pulledChanges { isHeard.signal() }
            }
        }
        let watching = try Watcher(writer, pollMilliseconds: 1)
        defer { for watcher in readers + [watching] { watcher.stop() } }
        var latencies: [Double] = []
        for number in 0..<edits {
            let start = now()
            try writer.editRecords(1, round: number)
            for _ in 0..<count {
                guard isHeard.wait(timeout: .now() + 20) == .success else { throw Failure(what: "an edit did not reach all watchers") }
            }
            latencies += heard.withLock { heard in
                defer { heard = [] }
                return heard.map { ($0 - start) * 1000 }
            }
        }
        let bare = [before, try floor("bare_server", 1)["edit"]]
        var report = CaseReport("device to device, \(count) watching")
        report.add("milliseconds", latencies, most: count == 1 ? 3 : nil)
        report.add("milliseconds, 99th percentile", percentile(latencies, 0.99), most: 15)
        report.add("× bare C's single edit", as: .ratio, [median(latencies) / 1000 / median(bare)])
        report.add("server peak MB", office.server.peakMegabytes)
        note(report)
    }

    /// A whole sync that finds nothing to do, and one with a new record, beside so many records.
    func small(besides records: Int) throws {
        var nothing = Samples(), one = Samples(), bare: [Double] = [], behind: [Double] = [], syncs: [Double] = []
        for isCounting in [false, true] {
            let office = try office(countingSyncs: isCounting)
            defer { office.close() }
            let relay = try Relay(to: office.port)
            defer { relay.close() }
            let device = try office.synced(), watched = try office.enrol(through: relay.port)
            try device.captureRecords(0..<records)
            _ = try SyncRun.run(device)
            _ = try SyncRun.run(watched)
            if isCounting {
                let before = office.server.syncs
                for _ in 0..<10 { _ = try SyncRun.run(device) }
                syncs += Wire.since(before.map(Double.init), office.server.syncs.map(Double.init)).map { [$0 / 10] } ?? []
                continue
            }
            for number in 0..<max(10, runs * 4) {
                if number.isMultiple(of: 5) { bare.append(try floor("bare_server", 1)["handshake"]) }
                try nothing.measure(office.server) { try SyncRun.run(device) }
                try device.captureRecords(records + number..<records + number + 1)
                let pushed = try one.measure(office.server) { try SyncRun.run(device) }.outcome.pushedChanges
                guard pushed == 1 else { throw Failure(what: "one new record was captured, and \(pushed) were pushed") }
                _ = try SyncRun.run(watched)
                _ = try SyncRun.run(watched)
                try relay.waitForTheEnd()
                behind.append(Double(relay.bytesAfterHandshake))
            }
        }
        var report = CaseReport("nothing to do at \(records) records")
        report.add("seconds", nothing.seconds)
        report.add("× bare C's handshake", as: .ratio, [median(nothing.seconds) / median(bare)])
        report.add("bytes behind the handshake, both ways", as: .count, behind, most: 300)
        report.add("fsyncs", as: .count, syncs)
        nothing.addUse(to: &report, records: 1)
        note(report)
        report = CaseReport("one new record at \(records) records, a whole sync")
        report.add("seconds", one.seconds)
        report.add("× bare C's handshake", as: .ratio, [median(one.seconds) / median(bare)])
        one.addUse(to: &report, records: 1)
        note(report)
    }

    /// From an answer until it is on this laptop's disk.
    func oneAnswer() throws {
        let count = 300
        let office = try office()
        defer { office.close() }
        let device = try office.synced()
        var ours: [Double] = [], raw: [Double] = []
        for run in 0..<runs {
            raw.append(try rawSQLite(count, batch: 1)["insert"] / Double(count))
            for number in run * count..<(run + 1) * count { ours.append(try timed { try device.captureRecords(number..<number + 1) }.seconds) }
        }
        var report = CaseReport("one answer on a laptop")
        report.add("milliseconds until it is durable", ours.map { $0 * 1000 }, most: 2)
        report.add("milliseconds, 99th percentile", percentile(ours, 0.99) * 1000)
        report.add("× raw SQLite", as: .ratio, [median(ours) / median(raw)])
        note(report)
    }
}
