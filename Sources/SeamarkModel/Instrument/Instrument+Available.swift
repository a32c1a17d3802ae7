extension Instrument {
    /// What interviews may name: what ships, what is published in the directory among `records`, and what the engagement there uses.
    public static func available(in records: [RecordView]) -> Set<String> {
        var names: Set<String> = [Instrument.core9.reference]
        for record in records {
            if record.type === Catalogue.instrument, let key = record.text("key"), let edition = record.integer("edition") { names.insert("\(key)@\(edition)") }
            if record.type === Catalogue.engagement, let named = record.text("instrument") { names.insert(named) }
        }
        return names
    }
}
