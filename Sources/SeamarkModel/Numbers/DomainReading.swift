/// What the interviews say about one domain: how bad (`severity`) and how sure (`confidence`), each 0...1.
///
/// Which domains there are is the instrument's business; the calculation takes any number of them.
public struct DomainReading: Hashable, Sendable {
    public var key: String
    public var severity: Double
    public var confidence: Double

    public init(key: String, severity: Double, confidence: Double) {
        self.key = key
        self.severity = severity
        self.confidence = confidence
    }
}
