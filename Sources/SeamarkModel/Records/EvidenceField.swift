/// The numbers of the fields by which a row of evidence names its bytes.
public enum EvidenceField {
    public static let hash: UInt32 = 12
    public static let size: UInt32 = 13
}
