namespace DToC.Twin.Definitions;

/// <summary>Something wrong in a definition file.</summary>
/// <param name="File">Name of the file, as given by the reader's caller.</param>
/// <param name="At">Line and column, from 1.</param>
/// <param name="Path">Where in the document, for example <c>features.orders.kind</c>.</param>
/// <param name="Message">What is wrong.</param>
/// <param name="Remedy">What would be right.</param>
public sealed record DefinitionError(string File, Position At, string Path, string Message, string Remedy)
{
    /// <summary><c>file(line,column): path: message. remedy</c>, the form editors turn into a link.</summary>
    public override string ToString() => $"{File}({At.Line},{At.Column}): {Path}: {Message}. {Remedy}";
}

/// <summary>What reading a definition file gave.</summary>
public abstract record DefinitionReading
{
    private DefinitionReading()
    {
    }

    /// <summary>The file has the right shape; names are checked when it is compiled.</summary>
    public sealed record Read(Definition Definition) : DefinitionReading;

    /// <summary>The file is wrong; at most 50 errors, in the order of the file.</summary>
    public sealed record Invalid(IReadOnlyList<DefinitionError> Errors) : DefinitionReading;
}
