/// The Merkle tree (RFC 6962, section 2.1) over the sensitive values of a block: a block commits to them with one root, and any
/// of them can be replaced by its leaf hash without a chain or signature breaking.
public enum SensitiveTree {
    /// H(0x00 ‖ salt ‖ value).
    public static func leaf(_ sensitive: SensitiveValue, _ primitives: any Primitives) -> Hash256 {
        var writer = ByteWriter()
        writer.byte(0)
        writer.identifier(sensitive.salt)
        sensitive.value.write(to: &writer)
        return primitives.sha256(writer.bytes.span)
    }

    /// The hash that stands for `content` in the tree; nil when it is not sensitive.
    public static func leaf(of content: Content, _ primitives: any Primitives) -> Hash256? {
        switch content {
        case .open: nil
        case .sensitive(let sensitive): leaf(sensitive, primitives)
        case .withheld(let leaf): leaf
        }
    }

    /// The root over `leaves` in order; `Hash256.zero` over none.
    public static func root(_ leaves: [Hash256], _ primitives: any Primitives) -> Hash256 {
        guard !leaves.isEmpty else { return .zero }
        var level = leaves
        // Pairing neighbours level by level, an odd last one moving up unpaired, is the shape of RFC 6962.
        while level.count > 1 {
            var next: [Hash256] = []
            next.reserveCapacity((level.count + 1) / 2)
            for index in stride(from: 0, to: level.count - 1, by: 2) {
                var writer = ByteWriter(capacity: 65)
                writer.byte(1)
                writer.hash(level[index])
                writer.hash(level[index + 1])
                next.append(primitives.sha256(writer.bytes.span))
            }
            if !level.count.isMultiple(of: 2) { next.append(level[level.count - 1]) }
            level = next
        }
        return level[0]
    }
}
