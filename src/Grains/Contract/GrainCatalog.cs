namespace DToC.Grains;

/// <summary>The kinds of grain a host runs. Each partition creates instances of its own.</summary>
public sealed class GrainCatalog
{
    private readonly Dictionary<GrainKind, Func<IGrain>> _factories = [];

    /// <summary>A catalog without a kind.</summary>
    public static GrainCatalog Empty => new();

    /// <summary>The kinds in this catalog.</summary>
    public IReadOnlyCollection<GrainKind> Kinds => _factories.Keys;

    /// <summary>Adds a kind.</summary>
    /// <exception cref="ArgumentException">The kind is in the catalog already.</exception>
    public GrainCatalog With(Func<IGrain> factory)
    {
        _factories.Add(factory().Kind, factory);
        return this;
    }

    /// <summary>A new instance of a kind.</summary>
    /// <exception cref="KeyNotFoundException">The kind is not in the catalog.</exception>
    public IGrain Create(GrainKind kind) =>
        _factories.TryGetValue(kind, out var factory)
            ? factory()
            : throw new KeyNotFoundException(
                $"No grain of kind {kind}; the host was built with {string.Join(", ", Kinds)}.");
}
