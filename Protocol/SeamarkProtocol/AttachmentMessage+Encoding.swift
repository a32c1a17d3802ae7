import FoundationEssentials
import SeamarkJournal
import SeamarkWire
import SwiftProtobuf

extension AttachmentMessage {
    /// Puts the message into a frame.
    func write(to frame: inout Seamark_V1_Frame) {
        switch self {
        case .offer(let it):
            frame.attachmentOffer = .with {
                $0.scope = Data(it.scope.bytes)
                $0.record = Data(it.record.bytes)
                $0.hash = Data(it.attachment.hash.bytes)
                $0.size = UInt64(it.attachment.size)
            }
        case .held(let it):
            switch it.standing {
            case .wholly(let receipt): frame.attachmentHeld = receipt.wire
            case .partly(let held):
                frame.attachmentHeld = .with {
                    $0.scope = Data(it.scope.bytes)
                    $0.hash = Data(it.hash.bytes)
                    $0.held = UInt64(held)
                }
            }
        case .chunk(let it):
            frame.attachmentChunk = .with {
                $0.scope = Data(it.scope.bytes)
                $0.hash = Data(it.hash.bytes)
                $0.offset = UInt64(it.offset)
                $0.bytes = Data(it.bytes)
            }
        case .wanted(let it):
            frame.attachmentWanted = .with {
                $0.scope = Data(it.scope.bytes)
                $0.record = Data(it.record.bytes)
                $0.hash = Data(it.hash.bytes)
                $0.offset = UInt64(it.offset)
            }
        case .refused(let it):
            frame.attachmentRefused = .with {
                $0.scope = Data(it.scope.bytes)
                $0.hash = Data(it.hash.bytes)
                $0.code = it.code.rawValue
                $0.held = UInt64(it.held)
                if let limit = it.limit { $0.limit = UInt64(limit) }
            }
        }
    }

    init(_ wire: Seamark_V1_AttachmentOffer) throws(Problem) {
        self = .offer(
            Offer(scope: try Self.id(wire.scope), record: try Self.id(wire.record), attachment: try Self.attachment(wire.hash, wire.size)))
    }

    init(_ wire: Seamark_V1_AttachmentHeld) throws(Problem) {
        guard wire.complete else {
            self = .held(Held(scope: try Self.id(wire.scope), hash: try Self.hash(wire.hash), held: try Self.offset(wire.held)))
            return
        }
        self = .held(Held(try AttachmentReceipt(wire)))
    }

    init(_ wire: Seamark_V1_AttachmentChunk) throws(Problem) {
        guard wire.bytes.count >= 1, wire.bytes.count <= Attachment.chunk else {
            throw Problem(.malformed, "a chunk of \(wire.bytes.count) bytes; it has 1 to \(Attachment.chunk)")
        }
        self = .chunk(
            Chunk(
                scope: try Self.id(wire.scope), hash: try Self.hash(wire.hash), offset: try Self.offset(wire.offset),
                bytes: [UInt8](wire.bytes)))
    }

    init(_ wire: Seamark_V1_AttachmentWanted) throws(Problem) {
        self = .wanted(
            Wanted(
                scope: try Self.id(wire.scope), record: try Self.id(wire.record), hash: try Self.hash(wire.hash),
                offset: try Self.offset(wire.offset)))
    }

    init(_ wire: Seamark_V1_AttachmentRefused) throws(Problem) {
        let code = Problem.Code(rawValue: wire.code)
        guard wire.limit == 0 || code == .attachmentTooLarge else { throw Problem(.malformed, "a limit beside a refusal that has none") }
        guard wire.limit <= UInt64(Attachment.largest) else { throw Problem(.malformed, "a limit beyond any attachment") }
        self = .refused(
            Refused(
                scope: try Self.id(wire.scope), hash: try Self.hash(wire.hash), code: code, held: try Self.offset(wire.held),
                limit: wire.limit == 0 ? nil : Int(wire.limit)))
    }

    // MARK: Fields

    fileprivate static func id(_ data: Data) throws(Problem) -> Identifier {
        guard let id = Identifier(bytes: [UInt8](data)) else { throw Problem(.malformed, "an id that has not sixteen bytes") }
        return id
    }

    private static func hash(_ data: Data) throws(Problem) -> Hash256 {
        guard let hash = Hash256(bytes: [UInt8](data)) else { throw Problem(.malformed, "a hash that has not thirty-two bytes") }
        return hash
    }

    fileprivate static func attachment(_ hash: Data, _ size: UInt64) throws(Problem) -> Attachment {
        guard let attachment = Attachment(hash: try self.hash(hash), size: Int64(clamping: size)) else {
            throw Problem(.malformed, "an attachment has 1 to \(Attachment.largest) bytes")
        }
        return attachment
    }

    private static func offset(_ offset: UInt64) throws(Problem) -> Int {
        guard offset <= UInt64(Attachment.largest) else { throw Problem(.malformed, "a place beyond any attachment") }
        return Int(offset)
    }
}

extension AttachmentReceipt {
    var wire: Seamark_V1_AttachmentHeld {
        .with {
            $0.scope = Data(scope.bytes)
            $0.hash = Data(attachment.hash.bytes)
            $0.held = UInt64(attachment.size)
            $0.complete = true
            $0.size = UInt64(attachment.size)
            $0.epoch = epoch
            $0.received = received
            $0.signature = Data(signature)
        }
    }

    init(_ wire: Seamark_V1_AttachmentHeld) throws(Problem) {
        guard wire.complete, wire.held == wire.size, wire.signature.count == 64 else { throw Problem(.malformed, "a receipt of an attachment that is none") }
        self.init(
            epoch: wire.epoch, scope: try AttachmentMessage.id(wire.scope), attachment: try AttachmentMessage.attachment(wire.hash, wire.size),
            received: wire.received, signature: [UInt8](wire.signature))
    }
}
