import SeamarkModel

/// What is said of records that are not shown because consent was withdrawn: how many, and nothing else.
enum ConsentWords {
    static func hidden(_ records: [RecordView]) -> String {
        "\(counted(records.count, "record")) \(records.count == 1 ? "is" : "are") not shown because consent was withdrawn."
    }
}
