extension OpenDeviceStore {
    /// The attachments of this device; nil for a store that lies in memory.
    public func attachments() throws(DeviceStoreError) -> AttachmentShelf? {
        guard let folder = attachmentFolder else { return nil }
        return try AttachmentShelf(folder, store: id, storeKey: storeKey) { [self] scope in sealingKey(of: scope) }
    }
}
