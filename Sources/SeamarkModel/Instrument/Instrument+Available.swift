extension Instrument {
    /// What ships, by what engagements call it: all that is known of editions where no directory is at hand.
    public static func builtIn(_ reference: String) -> Instrument? { reference == core9.reference ? core9 : nil }

    /// What `reference` (`core-9@2`) names, where that is an edition that this one came after.
    func former(_ reference: String) -> Int? {
        guard let at = reference.lastIndex(of: "@"), reference[..<at] == key, let number = Int(reference[reference.index(after: at)...]), number < edition else { return nil }
        return number
    }

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
