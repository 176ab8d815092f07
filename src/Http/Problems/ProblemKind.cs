namespace DToC.Http.Problems;

/// <summary>What can be wrong with a request. Each has a place in <see cref="ProblemTable"/>.</summary>
public enum ProblemKind
{
    /// <summary>No key, or one that is not taken.</summary>
    KeyMissing,

    /// <summary>The key does not cover the route.</summary>
    ScopeMissing,

    /// <summary>The body or a parameter cannot be read.</summary>
    Malformed,

    /// <summary>Larger, deeper or longer than a limit.</summary>
    OverLimit,

    /// <summary>A body in a form that is not known.</summary>
    UnknownForm,

    /// <summary>It can be read, and cannot be done as it is.</summary>
    NotPossible,

    /// <summary>The event is not taken.</summary>
    EventRefused,

    /// <summary>The definition has errors.</summary>
    DefinitionInvalid,

    /// <summary>There is no such thing.</summary>
    NotFound,

    /// <summary>There was such a thing, and it was erased.</summary>
    Erased,

    /// <summary>There is such a thing; another method would do.</summary>
    MethodNotAllowed,

    /// <summary>It would stand in the way of something that is there.</summary>
    Conflict,

    /// <summary>More than the host takes at the moment.</summary>
    Busy,

    /// <summary>The key sends faster than it may.</summary>
    RateExceeded,

    /// <summary>The host cannot make anything durable at the moment.</summary>
    Unavailable,

    /// <summary>A fault of the server.</summary>
    Fault,
}
