namespace DToC.Cli.Reading;

/// <summary>One line of a table.</summary>
/// <param name="File">Name of its file, without folder.</param>
/// <param name="Line">Number of the line in its file, from 1.</param>
/// <param name="Number">Number of the row over all files, headers left out, from 1.</param>
/// <param name="Fields">The values, as many as there are columns.</param>
internal sealed record Row(string File, long Line, long Number, string[] Fields);
