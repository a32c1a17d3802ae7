public import SeamarkJournal

/// One thing that happened to a device. The events in order are the device: its store keeps them, and `DeviceState` is what
/// they add up to.
public enum DeviceEvent: Sendable {
    /// The device was enrolled, or its certificates renewed. Takes the place of the one before.
    case identity(DeviceIdentity)
    /// A scope came, or its name or standing changed. Takes the place of the one before.
    case scopeAdded(DeviceScope)
    /// A scope went: its key and everything of it are destroyed.
    case scopeLeft(Identifier)
    /// Something happened to the copy of a scope. The first is `began`.
    case replica(Identifier, ReplicaEvent)
    /// A conversation with the server ended. Takes the place of the one before (a failed one never of a complete one).
    case contact(ServerContact)
    /// The server's signed word on where it stands. Takes the place of the one before.
    case checkpoint(Checkpoint)
    /// `absent` forgets the setting.
    case setting(DeviceSetting, Value)
}
