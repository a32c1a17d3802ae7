/// The server's own word that the log of a scope stood at a place: a receipt, or a place that it signed.
///
/// Where a log does not hold that place any more, it proves that the log went back.
public enum PlaceProof: Hashable, Sendable {
    case receipt(Receipt)
    case place(SignedPlace)

    public var scope: Identifier {
        switch self {
        case .receipt(let receipt): receipt.scope
        case .place(let signed): signed.scope
        }
    }

    public var epoch: UInt64 {
        switch self {
        case .receipt(let receipt): receipt.epoch
        case .place(let signed): signed.epoch
        }
    }

    public var place: LogPlace {
        switch self {
        case .receipt(let receipt): receipt.place
        case .place(let signed): signed.place
        }
    }

    public func isSigned(by key: [UInt8], _ primitives: any Primitives) -> Bool {
        switch self {
        case .receipt(let receipt): receipt.isSigned(by: key, primitives)
        case .place(let signed): signed.isSigned(by: key, primitives)
        }
    }
}
