internal import SeamarkJournal

extension RepairNote {
    func write(to writer: inout ByteWriter) {
        writer.varint(finding.rawValue)
        writer.place(place)
        writer.signed(time)
        writer.count(count)
        writer.count(records.count)
        for record in records {
            writer.identifier(record.record)
            writer.fixed64(record.digest.high)
            writer.fixed64(record.digest.low)
        }
        writer.fixed64(difference.high)
        writer.fixed64(difference.low)
    }

    static func read(from reader: inout ByteReader) throws -> RepairNote {
        guard let finding = Finding(rawValue: try reader.varint()) else { throw DeviceStoreError.newerVersion }
        let place = try reader.place()
        let time = try reader.signed()
        guard let count = Int(exactly: try reader.varint()) else { throw DecodeError(.outOfBounds, reading: "count of records") }
        var records: [RecordDigest] = []
        for _ in 0..<(try reader.count(atMost: mostRecords)) {
            let record = try reader.identifier()
            records.append(RecordDigest(record: record, digest: ScopeDigest(high: try reader.fixed64(), low: try reader.fixed64())))
        }
        let difference = ScopeDigest(high: try reader.fixed64(), low: try reader.fixed64())
        return RepairNote(finding: finding, place: place, time: time, count: count, records: records, difference: difference)
    }
}
