using DToC.Twin.Events;

namespace DToC.Grains;

/// <summary>What an identity bucket is told.</summary>
public abstract record IdentityMessage : GrainMessage
{
    private IdentityMessage()
    {
    }

    /// <summary>An event of this customer, which its turn took, showed this identifier.</summary>
    /// <param name="Identifier">The identifier.</param>
    /// <param name="Customer">Who showed it.</param>
    /// <param name="Rank">
    /// The highest priority of what the customer is known by, this identifier included; <see cref="Named"/> for one
    /// whose id was given from outside.
    /// </param>
    public sealed record Link(Identifier Identifier, string Customer, int Rank) : IdentityMessage
    {
        /// <summary>Above every priority.</summary>
        public const int Named = int.MaxValue;
    }
}
