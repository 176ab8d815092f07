using System.Text.Json.Serialization;
using DToC.Twin.Draws;

namespace DToC.Learn.Synthetic;

/// <summary>A distribution a profile names: a closed union, in JSON told apart by <c>kind</c>.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(Constant), "constant")]
[JsonDerivedType(typeof(Uniform), "uniform")]
[JsonDerivedType(typeof(Normal), "normal")]
[JsonDerivedType(typeof(LogNormal), "lognormal")]
[JsonDerivedType(typeof(Gamma), "gamma")]
[JsonDerivedType(typeof(Beta), "beta")]
[JsonDerivedType(typeof(Exponential), "exponential")]
[JsonDerivedType(typeof(Poisson), "poisson")]
public abstract record Distribution
{
    private Distribution()
    {
    }

    /// <summary>One draw.</summary>
    public abstract double Draw(Xoshiro256 random);

    /// <summary>The expected value of a draw.</summary>
    [JsonIgnore]
    public abstract double Mean { get; }

    /// <summary>What is wrong with the parameters, or null.</summary>
    internal abstract string? Fault { get; }

    /// <summary>Always <paramref name="Value"/>.</summary>
    public sealed record Constant(double Value) : Distribution
    {
        /// <inheritdoc/>
        public override double Draw(Xoshiro256 random) => Value;

        /// <inheritdoc/>
        public override double Mean => Value;

        internal override string? Fault => null;
    }

    /// <summary>Uniform between <paramref name="From"/> and <paramref name="To"/>.</summary>
    public sealed record Uniform(double From, double To) : Distribution
    {
        /// <inheritdoc/>
        public override double Draw(Xoshiro256 random) => From + (To - From) * random.NextUnit();

        /// <inheritdoc/>
        public override double Mean => (From + To) / 2;

        internal override string? Fault => From <= To ? null : "uniform wants from <= to";
    }

    /// <summary>
    /// Normal with mean <paramref name="Centre"/> and standard deviation <paramref name="Sd"/>.
    /// </summary>
    public sealed record Normal(double Centre, double Sd) : Distribution
    {
        /// <inheritdoc/>
        public override double Draw(Xoshiro256 random) => Centre + Sd * random.Normal();

        /// <inheritdoc/>
        public override double Mean => Centre;

        internal override string? Fault => Sd >= 0 ? null : "normal wants sd >= 0";
    }

    /// <summary>
    /// exp of a normal: <paramref name="Median"/> above 0, <paramref name="Sigma"/> on the log scale.
    /// </summary>
    public sealed record LogNormal(double Median, double Sigma) : Distribution
    {
        /// <inheritdoc/>
        public override double Draw(Xoshiro256 random) => Median * Math.Exp(Sigma * random.Normal());

        /// <inheritdoc/>
        public override double Mean => Median * Math.Exp(Sigma * Sigma / 2);

        internal override string? Fault =>
            Median > 0 && Sigma >= 0 ? null : "lognormal wants median > 0 and sigma >= 0";
    }

    /// <summary>Gamma with mean <paramref name="Shape"/> / <paramref name="Rate"/>.</summary>
    public sealed record Gamma(double Shape, double Rate) : Distribution
    {
        /// <inheritdoc/>
        public override double Draw(Xoshiro256 random) => random.Gamma(Shape, Rate);

        /// <inheritdoc/>
        public override double Mean => Shape / Rate;

        internal override string? Fault => Shape > 0 && Rate > 0 ? null : "gamma wants shape > 0 and rate > 0";
    }

    /// <summary>Beta with mean <paramref name="A"/> / (A + <paramref name="B"/>).</summary>
    public sealed record Beta(double A, double B) : Distribution
    {
        /// <inheritdoc/>
        public override double Draw(Xoshiro256 random) => random.Beta(A, B);

        /// <inheritdoc/>
        public override double Mean => A / (A + B);

        internal override string? Fault => A > 0 && B > 0 ? null : "beta wants a > 0 and b > 0";
    }

    /// <summary>Exponential with mean <paramref name="Expected"/>.</summary>
    public sealed record Exponential(double Expected) : Distribution
    {
        /// <inheritdoc/>
        public override double Draw(Xoshiro256 random) => Expected * random.Exponential();

        /// <inheritdoc/>
        public override double Mean => Expected;

        internal override string? Fault => Expected > 0 ? null : "exponential wants expected > 0";
    }

    /// <summary>Poisson with mean <paramref name="Expected"/>, at most 10,000.</summary>
    public sealed record Poisson(double Expected) : Distribution
    {
        /// <inheritdoc/>
        public override double Draw(Xoshiro256 random) => random.Poisson(Expected);

        /// <inheritdoc/>
        public override double Mean => Expected;

        internal override string? Fault =>
            Expected is >= 0 and <= 10_000 ? null : "poisson wants expected in 0..10,000";
    }
}
