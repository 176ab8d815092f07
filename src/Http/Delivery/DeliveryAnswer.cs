namespace DToC.Http.Delivery;

/// <summary>What came of an attempt.</summary>
internal abstract record DeliveryAnswer
{
    private DeliveryAnswer()
    {
    }

    /// <summary>It was taken.</summary>
    public sealed record Taken : DeliveryAnswer
    {
        /// <summary>The one instance.</summary>
        public static readonly Taken Instance = new();
    }

    /// <summary>It was not taken, or nobody knows.</summary>
    /// <param name="Reason">Why, a word.</param>
    public sealed record NotTaken(string Reason) : DeliveryAnswer
    {
        /// <summary>When to come back, as the receiver says; null when it says nothing.</summary>
        public TimeSpan? RetryAfter { get; init; }

        /// <summary>True of one who is there and asks for less: that is no failure.</summary>
        public bool IsAlive { get; init; }
    }

    /// <summary>The receiver wants nothing more, ever.</summary>
    /// <param name="Reason">What it said, a word.</param>
    public sealed record Gone(string Reason) : DeliveryAnswer;
}

/// <summary>Reasons of attempts in vain, as words that do not change.</summary>
internal static class DeliveryReasons
{
    public const string TimedOut = "timed-out";
    public const string NotConnected = "not-connected";
    public const string AddressNotAllowed = "address-not-allowed";
    public const string Redirected = "redirected";
    public const string NotConfirmed = "not-confirmed";
    public const string NotRouted = "not-routed";
    public const string CannotBeMade = "cannot-be-made";
    public const string Gone = "status-410";
}
