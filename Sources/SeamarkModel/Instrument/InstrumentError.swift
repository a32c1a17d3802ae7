/// Why a document is not an instrument: where, and what it needs.
public enum InstrumentError: Error, Hashable, Sendable, CustomStringConvertible {
    case notJSON(JSONError)
    /// The document says another format or version.
    case otherFormat
    case invalid(place: String, needs: String)

    public var description: String {
        switch self {
        case .notJSON(let error): "the instrument is not JSON: \(error)"
        case .otherFormat: "the document is not an instrument of format \"seamark-instrument\", version 1; export it anew or update Seamark"
        case .invalid(let place, let needs): "the instrument's \(place) needs \(needs)"
        }
    }
}
