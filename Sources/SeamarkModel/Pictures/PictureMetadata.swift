/// What a picture's file says beside the picture: place, time, camera, owner, small copies of the picture, and whatever else programs add.
///
/// Taken out by keeping only what a decoder needs for the pixels: a part that is not known to be needed goes. The bytes of the pixels stay
/// as they are, one by one.
public enum PictureMetadata {
    /// The file is not as its format demands; what it says beside the pixels cannot be told apart from them.
    public enum Fault: Error, Hashable, Sendable {
        case truncated
        /// A part whose length or place is not allowed.
        case malformed
        /// A part that a decoder must understand and that is not known here.
        case unknownPart
    }

    /// The file without all that; the same bytes where there was nothing. The way a camera was held stays, as all that its Exif part still says.
    ///
    /// What comes out, put in again, comes out the same. It is at most a few bytes longer than `bytes`.
    public static func stripped(_ bytes: [UInt8], of format: PictureFormat) throws(Fault) -> [UInt8] {
        switch format {
        case .jpeg: try JPEGSegments.stripped(bytes)
        case .png: try PNGChunks.stripped(bytes)
        case .other: bytes
        }
    }
}
