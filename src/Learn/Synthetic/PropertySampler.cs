using System.Text.Json.Serialization;

namespace DToC.Learn.Synthetic;

/// <summary>How one property gets its value: a closed union, in JSON told apart by <c>kind</c>.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(Text), "text")]
[JsonDerivedType(typeof(Serial), "serial")]
[JsonDerivedType(typeof(Token), "token")]
[JsonDerivedType(typeof(Choice), "choice")]
[JsonDerivedType(typeof(Flag), "flag")]
[JsonDerivedType(typeof(Number), "number")]
[JsonDerivedType(typeof(Money), "money")]
[JsonDerivedType(typeof(Spend), "spend")]
[JsonDerivedType(typeof(Elapsed), "elapsed")]
[JsonDerivedType(typeof(Basket), "basket")]
[JsonDerivedType(typeof(Demand), "demand")]
[JsonDerivedType(typeof(Copy), "copy")]
[JsonDerivedType(typeof(Pick), "pick")]
public abstract record PropertySampler
{
    private PropertySampler()
    {
    }

    /// <summary>Name of the property.</summary>
    public required string Name { get; init; }

    /// <summary>Always the same text.</summary>
    public sealed record Text(string Value) : PropertySampler;

    /// <summary>
    /// A number that is unique over the population: prefix, customer number, count of this customer.
    /// </summary>
    public sealed record Serial(string Prefix) : PropertySampler;

    /// <summary>One of <paramref name="Count"/> tokens, popular ones more often (Zipf).</summary>
    public sealed record Token(string Prefix, int Count, double Exponent = 1.1) : PropertySampler;

    /// <summary>One of some texts, by weight.</summary>
    public sealed record Choice(IReadOnlyList<string> Values, IReadOnlyList<double> Weights) : PropertySampler;

    /// <summary>True with a probability that latents move on the logit scale.</summary>
    public sealed record Flag(double Probability) : PropertySampler
    {
        /// <summary>Effects of latents on the logit.</summary>
        public IReadOnlyList<Load> Loads { get; init; } = [];
    }

    /// <summary>A draw, moved by latents and by time since joining, cut to bounds and rounded.</summary>
    public sealed record Number(Distribution Draw) : PropertySampler
    {
        /// <summary>Least value.</summary>
        public double Min { get; init; } = -1e9;

        /// <summary>Greatest value.</summary>
        public double Max { get; init; } = 1e9;

        /// <summary>Decimals kept, 0..6; 0 makes it an integer.</summary>
        public int Decimals { get; init; }

        /// <summary>Added for each week since joining.</summary>
        public double DriftPerWeek { get; init; }

        /// <summary>Latents added, in the property's own unit.</summary>
        public IReadOnlyList<Load> Loads { get; init; } = [];
    }

    /// <summary>
    /// Money in cents-exact decimals: lognormal of standard deviation <paramref name="Sigma"/> on the log
    /// scale whose mean is the customer's mean spend times <paramref name="Share"/>.
    /// </summary>
    public sealed record Money(double Share, double Sigma) : PropertySampler;

    /// <summary>Money drawn from the customer's own Gamma(p, nu) of <see cref="SpendPrior"/>.</summary>
    public sealed record Spend : PropertySampler;

    /// <summary>Time since joining in days, times <paramref name="PerDay"/>, rounded down: a meter.</summary>
    public sealed record Elapsed(double PerDay) : PropertySampler;

    /// <summary>
    /// Products worth one draw of <see cref="Spend"/>; also writes what they come to, less the discount of
    /// the day, under <see cref="TotalName"/>.
    /// </summary>
    public sealed record Basket(int Products, IReadOnlyList<string> Categories) : PropertySampler
    {
        /// <summary>Property that takes the sum of quantity times price.</summary>
        public string TotalName { get; init; } = "total";

        /// <summary>Property that takes what the discount of the day took off; absent on other days.</summary>
        public string? DiscountName { get; init; }

        /// <summary>Brands; each product is of one.</summary>
        public IReadOnlyList<string> Brands { get; init; } = [];

        /// <summary>Zipf exponent of product popularity.</summary>
        public double Exponent { get; init; } = 1.05;

        /// <summary>Mean number of lines beyond the first (Poisson); at most 20 lines in all.</summary>
        public double MoreLines { get; init; } = 1;
    }

    /// <summary>
    /// One product by weight, of which less is bought the dearer it is: ln quantity = ln <paramref name="Quantity"/> +
    /// loads + elasticity x ln(price paid / mean of <paramref name="Price"/>) + noise. Also writes what it comes to, at
    /// the price paid, under <see cref="TotalName"/>.
    /// </summary>
    /// <param name="Price">Of one, before the discount of the day; above 0.</param>
    /// <param name="Quantity">At the mean price, above 0.</param>
    /// <param name="Elasticity">Name of the latent that is the customer's own elasticity.</param>
    /// <param name="Sigma">Standard deviation of the noise.</param>
    public sealed record Demand(Distribution Price, double Quantity, string Elasticity, double Sigma) : PropertySampler
    {
        /// <summary>Property that takes quantity times price.</summary>
        public string TotalName { get; init; } = "total";

        /// <summary>Property that takes what the discount of the day took off; absent on other days.</summary>
        public string? DiscountName { get; init; }

        /// <summary>Latents added to ln quantity.</summary>
        public IReadOnlyList<Load> Loads { get; init; } = [];

        /// <summary>Products, the popular ones bought more often (Zipf).</summary>
        public int Products { get; init; } = 100;

        /// <summary>Categories that products are of, in turn.</summary>
        public required IReadOnlyList<string> Categories { get; init; }
    }

    /// <summary>The parent's property, a number times <see cref="Scale"/>.</summary>
    public sealed record Copy(string From) : PropertySampler
    {
        /// <summary>Factor for a number.</summary>
        public double Scale { get; init; } = 1;
    }

    /// <summary>A field of one line of the parent's basket, lines in turn.</summary>
    public sealed record Pick(string From, string Field) : PropertySampler;
}
