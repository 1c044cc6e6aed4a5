ALTER TABLE `checkout_Outbox` ADD `trimmed` boolean DEFAULT false NOT NULL;--> statement-breakpoint
CREATE INDEX `checkout_outbox_trim_idx` ON `checkout_Outbox` (`trimmed`,`createdAt`);--> statement-breakpoint
CREATE INDEX `checkout_event_trim_idx` ON `checkout_StripeEvent` (`trimmed`,`receivedAt`);