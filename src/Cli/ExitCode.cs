namespace DToC.Cli;

/// <summary>What <c>dtoc</c> tells the shell.</summary>
internal static class ExitCode
{
    /// <summary>Everything was done.</summary>
    public const int Ok = 0;

    /// <summary>Done, but some events were refused or quarantined, or some lines could not be read.</summary>
    public const int SomeRefused = 1;

    /// <summary>
    /// The command line, a file it names or the key is wrong; nothing can be done until that is put right.
    /// </summary>
    public const int Usage = 2;

    /// <summary>
    /// The server could not be reached, or not for long enough; the same command goes on from there.
    /// </summary>
    public const int Unreachable = 3;

    /// <summary>A data folder is not as it should be, or not all of it could be saved; the output says what.</summary>
    public const int Damaged = 4;

    /// <summary>An imported model does not give what is expected of it; nothing was written.</summary>
    public const int Differs = 5;

    /// <summary>Stopped by the user.</summary>
    public const int Stopped = 130;
}
