/// Where a connection comes from, as far as one subscriber goes: an address of IPv4, the first eight bytes of one of IPv6.
enum Source: Hashable, Sendable {
    case four(UInt32)
    case six(UInt64)
    /// What is no address of the Internet, or could not be asked for.
    case other

    /// - Parameter address: four or sixteen bytes in the order of the network. One of IPv4 that is written as one of IPv6 is one of IPv4.
    init(_ address: [UInt8]) {
        func word(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
        switch address.count {
        case 4: self = .four(UInt32(word(address[...])))
        case 16 where address.starts(with: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff]): self = .four(UInt32(word(address[12...])))
        case 16 where address == [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]: self = .four(127 << 24 | 1)
        case 16: self = .six(word(address[..<8]))
        default: self = .other
        }
    }

    var isLoopback: Bool { if case .four(let address) = self { address >> 24 == 127 } else { false } }
}
