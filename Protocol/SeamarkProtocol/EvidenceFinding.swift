/// The first thing that does not hold in a file of evidence. The words are those of `Protocol/SPEC.md`: every verifier uses the same.
public struct EvidenceFinding: Hashable, Sendable {
    public enum Fault: String, Error, Hashable, Sendable, CaseIterable {
        /// Not the bytes of a file of evidence, or its items are not in their order.
        case form
        /// The file ends before its end.
        case truncated
        /// The tenant authority is not the one that the reader trusts.
        case authority
        /// The authority did not sign the server's key, or it is another epoch's.
        case serverKey
        /// The server did not sign the checkpoint, or it says nothing of this log, or another thing of this place.
        case checkpoint
        /// The log is longer or shorter than the checkpoint says.
        case end
        /// The log hash does not follow from the entries up to here.
        case logHash
        /// The server did not sign the entry: its verdicts, its time, its place.
        case receipt
        /// The block is missing, damaged, or not the one that the entry names; or its sensitive values are not those that it commits to.
        case block
        /// Sensitive values are here although the file says that it holds none.
        case values
        /// The block was sealed for another scope.
        case scope
        /// Not one verdict for each change, or one on a repeated change that is wrong.
        case verdicts
        /// No key is published for the device that sealed the block.
        case author
        /// The author did not sign the block.
        case signature
        /// The log holds the block already.
        case repeated
        /// The records do not add up to the checkpoint's digest.
        case digest
        /// The server did not write this file as it is.
        case seal
        /// The block does not go on where the one before it in its stream ended.
        case chain
        /// The block before it in its stream is not in the log: something was lost, or taken out.
        case gap
        /// The reader has read, or holds the server's receipt for, another log; or a key signed it that was replaced, and the reader does not remember it.
        case remembered
    }

    public enum Place: Hashable, Sendable {
        case head
        /// Of the shared log, by position.
        case shared(UInt64)
        /// Of the scope's log, by position.
        case entry(UInt64)
        case end
    }

    public let fault: Fault
    /// The number of the item in the file, from 1.
    public let item: Int
    public let place: Place

    public init(_ fault: Fault, item: Int, place: Place) {
        self.fault = fault
        self.item = item
        self.place = place
    }
}

extension EvidenceFinding: CustomStringConvertible {
    /// Where it is and what is wrong there.
    public var description: String {
        switch place {
        case .head: "at its beginning: \(words)"
        case .shared(let position): "entry \(position) of the directory's log: \(words)"
        case .entry(let position): "entry \(position) of the log: \(words)"
        case .end: "at its end: \(words)"
        }
    }

    private var words: String {
        switch fault {
        case .form: "it is not written as evidence is"
        case .truncated: "the file ends before its end"
        case .authority: "the tenant authority is not the one that is trusted here"
        case .serverKey: "the tenant authority did not sign the server's key for this epoch"
        case .checkpoint: "the server's signed checkpoint does not say this"
        case .end: "the log is not as long as the checkpoint says"
        case .logHash: "the log hash does not follow from the entries up to here"
        case .receipt: "the server did not sign this entry with these verdicts and this time"
        case .block: "its block is missing, damaged, or not the one that was signed for"
        case .values: "it holds sensitive values, although the file says that there are none"
        case .scope: "its block belongs to another engagement"
        case .verdicts: "the verdicts are not those that a log has"
        case .author: "nobody published a key for the device that sealed its block"
        case .signature: "the device did not sign its block"
        case .repeated: "its block was there before"
        case .digest: "the records do not add up to the checkpoint's digest"
        case .seal: "the server did not write this file as it is"
        case .chain: "its block does not go on where the one before it ended"
        case .gap: "the block before it in its device's stream is not in the log: it was lost, or taken out"
        case .remembered: "this laptop has read, or has a receipt for, another log"
        }
    }
}
