namespace DToC.Twin.Events;

/// <summary>Why an event was not taken as it came.</summary>
public enum EventProblem
{
    /// <summary>Not a JSON object, or not JSON.</summary>
    Malformed,

    /// <summary>Larger, deeper or longer than a limit.</summary>
    OverLimit,

    /// <summary>A field every event has is missing or of the wrong type.</summary>
    MissingField,

    /// <summary>A source that is switched off.</summary>
    SourceOff,

    /// <summary>A type the definition does not know.</summary>
    UnknownType,

    /// <summary>A source the definition does not know, where it wants to know all.</summary>
    UnknownSource,

    /// <summary>A property of another type than its signal.</summary>
    WrongType,

    /// <summary>A time in the future or before any customer system.</summary>
    AbsurdTime,

    /// <summary>A value outside its plausibility bounds.</summary>
    Implausible,

    /// <summary>A currency without a rate.</summary>
    UnknownCurrency,

    /// <summary>A persona the definition does not know, or one that no event belongs to.</summary>
    UnknownPersona,
}

/// <summary>What reading an event gave.</summary>
public abstract record EventReading
{
    private EventReading()
    {
    }

    /// <summary>It can be folded.</summary>
    public sealed record Read(TouchpointEvent Event) : EventReading;

    /// <summary>
    /// It is not taken. <see cref="IsRepairable"/>: it is well-formed and can be kept for a person to fix
    /// (quarantine); otherwise only the sender can mend it (refusal).
    /// </summary>
    /// <param name="Problem">The reason.</param>
    /// <param name="Field">Where, for example <c>properties.total</c>.</param>
    /// <param name="Message">What was wrong and what would be right.</param>
    /// <param name="Id">The event's id, as far as it could be read.</param>
    /// <param name="Source">The event's source, as far as it could be read.</param>
    public sealed record Rejected(EventProblem Problem, string Field, string Message, string? Id, string? Source)
        : EventReading
    {
        /// <summary>True when a person can repair it.</summary>
        public bool IsRepairable => Problem >= EventProblem.UnknownType;
    }
}
