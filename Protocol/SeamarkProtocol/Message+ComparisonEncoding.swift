import FoundationEssentials
import SeamarkJournal
import SeamarkWire
import SwiftProtobuf

extension RecordRange {
    fileprivate var wire: Seamark_V1_RecordRange {
        .with {
            $0.first = Data(first.bytes)
            $0.last = Data(last.bytes)
        }
    }

    fileprivate init(_ wire: Seamark_V1_RecordRange) throws(Problem) {
        let (first, last) = (try Field.id(wire.first), try Field.id(wire.last))
        guard first <= last else { throw Problem(.malformed, "a range that ends before it begins") }
        self.init(first: first, last: last)
    }

    /// Ascending and apart, so that no record is asked for twice.
    fileprivate static func read(_ wire: [Seamark_V1_RecordRange], atMost limit: Int) throws(Problem) -> [RecordRange] {
        guard wire.count <= limit else { throw Problem(.malformed, "more ranges of records than a message holds") }
        var ranges: [RecordRange] = []
        for wire in wire {
            let range = try RecordRange(wire)
            if let last = ranges.last, last.last >= range.first { throw Problem(.malformed, "ranges of records that are not in order") }
            ranges.append(range)
        }
        return ranges
    }
}

extension Message.Compare {
    var wire: Seamark_V1_Compare {
        .with {
            $0.scope = Data(scope.bytes)
            $0.epoch = epoch
            $0.ranges = ranges.map(\.wire)
            $0.list = list
        }
    }

    init(_ wire: Seamark_V1_Compare) throws(Problem) {
        guard wire.list <= Self.mostListed else { throw Problem(.malformed, "more records than a comparison lists") }
        let ranges = try RecordRange.read(wire.ranges, atMost: DigestBisection.mostRanges)
        self.init(scope: try Field.id(wire.scope), epoch: wire.epoch, ranges: ranges, list: wire.list)
    }
}

extension Message.Compared {
    var wire: Seamark_V1_Compared {
        .with {
            $0.scope = Data(scope.bytes)
            $0.position = place.position
            $0.logHash = Data(place.hash.bytes)
            $0.ranges = answers.map { answer in
                .with {
                    $0.count = answer.count
                    $0.digest = Data(answer.digest.bytes)
                    $0.records = answer.records.map { record in
                        .with {
                            $0.record = Data(record.record.bytes)
                            $0.digest = Data(record.digest.bytes)
                        }
                    }
                }
            }
        }
    }

    init(_ wire: Seamark_V1_Compared) throws(Problem) {
        guard wire.ranges.count <= DigestBisection.mostRanges else { throw Problem(.malformed, "more ranges than a comparison holds") }
        var answers: [DigestBisection.Answer] = []
        for range in wire.ranges {
            guard range.records.count <= Int(Message.Compare.mostListed) else { throw Problem(.malformed, "more records than were asked for") }
            var records: [RecordDigest] = []
            for record in range.records {
                records.append(RecordDigest(record: try Field.id(record.record), digest: try Field.digest(record.digest)))
            }
            answers.append(DigestBisection.Answer(count: range.count, digest: try Field.digest(range.digest), records: records))
        }
        self.init(scope: try Field.id(wire.scope), place: try Field.place(wire.position, wire.logHash), answers: answers)
    }
}

extension Message.Dispute {
    var wire: Seamark_V1_Dispute {
        .with {
            $0.scope = Data(scope.bytes)
            $0.epoch = epoch
            $0.position = place.position
            $0.logHash = Data(place.hash.bytes)
            $0.ranges = claims.map(\.range.wire)
            $0.digests = claims.map { Data($0.digest.bytes) }
        }
    }

    init(_ wire: Seamark_V1_Dispute) throws(Problem) {
        guard wire.ranges.count == wire.digests.count else { throw Problem(.malformed, "not one digest for each range of a dispute") }
        var claims: [Claim] = []
        for (range, digest) in zip(try RecordRange.read(wire.ranges, atMost: DigestBisection.mostFound), wire.digests) {
            claims.append(Claim(range: range, digest: try Field.digest(digest)))
        }
        self.init(scope: try Field.id(wire.scope), epoch: wire.epoch, place: try Field.place(wire.position, wire.logHash), claims: claims)
    }
}

extension Message.Settled {
    var wire: Seamark_V1_Settled {
        .with {
            $0.scope = Data(scope.bytes)
            $0.position = place.position
            $0.logHash = Data(place.hash.bytes)
            $0.digests = digests.map { Data($0.bytes) }
            $0.repaired = repaired
        }
    }

    init(_ wire: Seamark_V1_Settled) throws(Problem) {
        guard wire.digests.count <= DigestBisection.mostFound else { throw Problem(.malformed, "more digests than a dispute has ranges") }
        var digests: [ScopeDigest] = []
        for digest in wire.digests { digests.append(try Field.digest(digest)) }
        self.init(
            scope: try Field.id(wire.scope), place: try Field.place(wire.position, wire.logHash), digests: digests, repaired: wire.repaired)
    }
}
