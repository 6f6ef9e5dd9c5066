namespace Cki.Engine;

/// <summary>The database refused: disk full, I/O error, unreadable file. What was being written may or may not be there.</summary>
public class EngineUnavailableException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>More writes are waiting than the engine takes; nothing of this one was written. A front door answers 503.</summary>
public sealed class EngineBusyException(string message) : EngineUnavailableException(message);
