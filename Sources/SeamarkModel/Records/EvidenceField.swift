import SeamarkJournal

/// The numbers of the fields by which a row of evidence names its bytes.
public enum EvidenceField {
    public static let hash: UInt32 = 12
    public static let size: UInt32 = 13
    public static let mediaType: UInt32 = 14

    /// Those that are said of the same bytes: where several stand, all of them are chosen together.
    public static let ofBytes = [hash, size, mediaType]

    static func isOfBytes(_ edit: Edit) -> Bool {
        edit.type == Catalogue.evidence.number && ofBytes.contains { edit.target == .field($0) }
    }
}
