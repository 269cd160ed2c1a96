//! Which of how many processes this one is, by the environment that a launcher sets: `mpirun`, `srun`, `torchrun`, or a loop in a shell.

use crate::output::{UsageError, messages};
use rapidvec::distributed::collective::{Seat, Token};

/// Names of the rank and the number of processes, by launcher: a script or torchrun, Open MPI, MPICH and Intel MPI, Slurm.
const NAMES: [[&str; 2]; 4] = [
    ["RANK", "WORLD_SIZE"],
    ["OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"],
    ["PMI_RANK", "PMI_SIZE"],
    ["SLURM_PROCID", "SLURM_NTASKS"],
];

/// Names of the number of processes on this machine, or of machines, that tell whether all are on one.
const ON_THIS_MACHINE: [&str; 2] = ["OMPI_COMM_WORLD_LOCAL_SIZE", "MPI_LOCALNRANKS"];

const PORT: &str = "29500";

/// What the environment says.
#[derive(Debug)]
pub struct Launched {
    pub seat: Seat,
    /// Where rank 0 is.
    pub root: String,
    pub token: Token,
}

impl Launched {
    /// As the environment says.
    ///
    /// # Errors
    /// A variable is missing or is not a number; the token is too short.
    pub fn from_env() -> Result<Self, UsageError> {
        Self::of(|name| std::env::var(name).ok().filter(|value| !value.is_empty()))
    }

    fn of(variable: impl Fn(&str) -> Option<String>) -> Result<Self, UsageError> {
        let set = NAMES.iter().find(|names| names.iter().all(|name| variable(name).is_some()));
        let names = set.ok_or_else(|| UsageError(messages::not_launched()))?;
        let number = |name: &str| {
            let value = variable(name).unwrap_or_default();
            value.parse::<usize>().map_err(|_| UsageError(messages::variable_is_no_number(name, value)))
        };
        let seat = Seat { rank: number(names[0])?, size: number(names[1])? };
        let is_local = |name: &&str| variable(name).is_some_and(|size| size == seat.size.to_string());
        let is_one_machine = seat.size == 1
            || ON_THIS_MACHINE.iter().any(is_local)
            || variable("SLURM_NNODES").is_some_and(|machines| machines == "1");
        let host = variable("MASTER_ADDR").or_else(|| is_one_machine.then(|| "127.0.0.1".to_owned()));
        let host = host.ok_or_else(|| UsageError(messages::variable_is_missing("MASTER_ADDR")))?;
        let port = variable("MASTER_PORT").unwrap_or_else(|| PORT.to_owned());
        let bracketed = host.contains(':') && !host.starts_with('[');
        let root = if bracketed { format!("[{host}]:{port}") } else { format!("{host}:{port}") };
        let secret = variable("RAPIDVEC_TOKEN").ok_or_else(|| UsageError(messages::token_is_missing()))?;
        let token = Token::new(secret).map_err(|error| UsageError(format!("RAPIDVEC_TOKEN: {error}")))?;
        Ok(Self { seat, root, token })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(set: &[(&str, &str)]) -> Result<(usize, usize, String), String> {
        let token = ("RAPIDVEC_TOKEN", "0123456789abcdef");
        let set: Vec<_> =
            if set.iter().any(|(name, _)| *name == token.0) { set.to_vec() } else { [set, &[token]].concat() };
        let value = |name: &str| set.iter().find(|(found, _)| *found == name).map(|(_, value)| (*value).to_owned());
        let launched = Launched::of(|name| value(name).filter(|value| !value.is_empty())).map_err(|error| error.0)?;
        Ok((launched.seat.rank, launched.seat.size, launched.root))
    }

    #[test]
    fn every_launcher_says_who_is_who() {
        let address = ("MASTER_ADDR", "node7");
        for (rank, size) in [
            ("RANK", "WORLD_SIZE"),
            ("OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"),
            ("PMI_RANK", "PMI_SIZE"),
            ("SLURM_PROCID", "SLURM_NTASKS"),
        ] {
            assert_eq!(of(&[(rank, "3"), (size, "8"), address]).unwrap(), (3, 8, "node7:29500".to_owned()));
        }
        let all = [("RANK", "1"), ("WORLD_SIZE", "2"), ("MASTER_ADDR", "::1"), ("MASTER_PORT", "7")];
        assert_eq!(of(&all).unwrap().2, "[::1]:7");
        // A script's own names win over those of the job that it runs in.
        assert_eq!(of(&[&all[..], &[("SLURM_PROCID", "0"), ("SLURM_NTASKS", "9")]].concat()).unwrap().1, 2);
        for local in [("OMPI_COMM_WORLD_LOCAL_SIZE", "2"), ("SLURM_NNODES", "1")] {
            let set = [("OMPI_COMM_WORLD_RANK", "0"), ("OMPI_COMM_WORLD_SIZE", "2"), local];
            assert_eq!(of(&set).unwrap().2, "127.0.0.1:29500");
        }
    }

    #[test]
    fn what_is_missing_or_wrong_is_named() {
        let two = [("RANK", "0"), ("WORLD_SIZE", "2")];
        for (set, expected) in [
            (vec![], "WORLD_SIZE"),
            (vec![("RANK", "0")], "WORLD_SIZE"),
            (vec![("RANK", "x"), two[1]], "RANK"),
            (two.to_vec(), "MASTER_ADDR"),
            ([&two[..], &[("MASTER_ADDR", "a"), ("RAPIDVEC_TOKEN", "")]].concat(), "RAPIDVEC_TOKEN"),
            ([&two[..], &[("MASTER_ADDR", "a"), ("RAPIDVEC_TOKEN", "short")]].concat(), "from 16 to 256 bytes, got 5"),
        ] {
            let error = of(&set).unwrap_err();
            assert!(error.contains(expected), "{error}");
        }
    }
}
