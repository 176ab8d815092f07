namespace DToC.Grains;

/// <summary>A host could not read what it stores; the same read may succeed later unless it is damaged.</summary>
public abstract class HostStoreException : IOException
{
    /// <summary>See <see cref="HostStoreException"/>; the message is for operators.</summary>
    protected HostStoreException(string message)
        : base(message)
    {
    }

    /// <summary>What a caller is told: short, without paths or personal data.</summary>
    public abstract string Reason { get; }

    /// <summary>True when what is stored is not what was written: reading again will not help.</summary>
    public abstract bool Damaged { get; }
}
